import { dirname, join } from "node:path/posix";
import { parseSync } from "oxc-parser";
import type { Tree } from "./tree.ts";

/** A text in a module, with where it begins. */
export interface Passage {
  readonly text: string;
  readonly offset: number;
}

/** The parts of a TypeScript file that the checks look at. */
export interface Module {
  readonly path: string;
  /** Files that it imports or re-exports, types included, by their paths from the root. */
  readonly imports: readonly string[];
  /** Names that it declares and exports. */
  readonly declared: readonly Passage[];
  /** Its comments: those of one line that follow each other as one, and documentation with `isDoc`. */
  readonly comments: readonly (Passage & { readonly isDoc: boolean })[];
  /** Its text, with comments blanked out. */
  readonly code: string;
  /** The texts of errors that it throws or defines. */
  readonly errorTexts: readonly Passage[];
}

/** Reads a TypeScript file. */
export function moduleOf(path: string, text: string): Module {
  const { module, comments, program } = parseSync(path, text);
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
    // A dynamic import, of a value or of a type.
    ...[...text.matchAll(/\bimport\(\s*["']([^"']+)["']/g)].map(([, value = ""]) => value),
  ];
  return {
    path,
    imports: [...new Set(requests.filter((to) => to.startsWith(".")).map((to) => join(dirname(path), to)))],
    declared: module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, exportName }) =>
        moduleRequest === null && exportName.kind === "Name" && exportName.name !== null
          ? [{ text: exportName.name, offset: exportName.start ?? 0 }]
          : [],
      ),
    ),
    comments: commentsOf(text, comments),
    code: withoutComments(text, comments),
    errorTexts: errorTextsOf(program as unknown as Node),
  };
}

/** Reads the TypeScript files of a tree that `wanted` names. */
export function modulesOf(tree: Tree, wanted: (path: string) => boolean): Module[] {
  return tree.paths.filter((path) => isCode(path) && wanted(path)).map((path) => moduleOf(path, tree.text(path)));
}

/** Whether a file is TypeScript or JavaScript with modules. */
export function isCode(path: string): boolean {
  return /\.m?[jt]s$/.test(path) && !path.endsWith(".d.ts");
}

/** Whether a file is a test. */
export function isTest(path: string): boolean {
  return /\.(?:test|bench|peer|test-d)\.ts$/.test(path);
}

interface Comment {
  readonly type: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

function commentsOf(text: string, comments: readonly Comment[]): Module["comments"] {
  const found: { text: string; offset: number; isDoc: boolean; end: number }[] = [];
  for (const { type, value, start, end } of comments) {
    const last = found.at(-1);
    if (type === "Line" && last && !last.isDoc && text.slice(last.end, start).trim() === "") {
      last.text += text.slice(last.end, start) + value;
      last.end = end;
    } else {
      const isDoc = type === "Block" && value.startsWith("*");
      found.push({ text: value, offset: start, isDoc, end });
    }
  }
  return found.map(({ text, offset, isDoc }) => ({ text, offset, isDoc }));
}

function withoutComments(text: string, comments: readonly Comment[]): string {
  let code = "";
  let at = 0;
  for (const { start, end } of comments) {
    code += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, " ");
    at = end;
  }
  return code + text.slice(at);
}

/** A node of the syntax tree (ESTree). */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** The texts within `new SomethingError(...)` and, in a class that is an error, within `super(...)`. */
function errorTextsOf(program: Node): Passage[] {
  const found: Passage[] = [];
  const look = (node: unknown, isError: boolean, isWithin: boolean): void => {
    if (Array.isArray(node)) for (const each of node) look(each, isError, isWithin);
    if (!isNode(node)) return;
    if (isWithin && node.type === "Literal" && typeof node.value === "string") add(node.value, node.start);
    if (isWithin && node.type === "TemplateElement") add((node.value as { raw: string }).raw, node.start);
    const callee = isNode(node.callee) ? node.callee : undefined;
    const makes = node.type === "NewExpression" && /Error$/.test(String(callee?.name ?? ""));
    const passes = node.type === "CallExpression" && callee?.type === "Super" && isError;
    const isClass = node.type === "ClassDeclaration" || node.type === "ClassExpression";
    const inError = isClass ? /Error$/.test(String((node.id as Node | null)?.name ?? "")) : isError;
    for (const value of Object.values(node)) look(value, inError, isWithin || makes || passes);
  };
  const add = (text: string, offset: number): void => void found.push({ text, offset });
  look(program, false, false);
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
