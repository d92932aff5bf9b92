import { globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";
import { DOCS } from "./places.ts";
import { publishedPackages } from "./published-packages.ts";

/** An error class of a published package. */
export interface ErrorClass {
  readonly name: string;
  readonly base: string;
  readonly package: string;
  readonly codes: readonly string[];
  /** The interface whose `code` it takes over, if it takes one. */
  readonly codeOf: string | undefined;
  /** The message, with `…` where it names something. */
  readonly message: string | undefined;
  readonly isPermanent: boolean;
}

/** Classes that errors with a code extend, and have none themselves. */
const ROOTS: ReadonlySet<string> = new Set(["LonghaulError", "LocalAwsError"]);
const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;
/** Codes of the embedded AWS are written as AWS writes its own. */
const AWS_CODE = /^[A-Z][A-Za-z]+$/;
/** The pages that people have written about codes: `docs/errors/CODE.md`. */
const WRITTEN = join(DOCS, "errors");

/** Writes the page of all errors by code, from the classes in the code. */
export async function writeErrorCodes(): Promise<void> {
  const classes: ErrorClass[] = [];
  const unions = new Map<string, readonly string[]>();
  for (const { name, folder } of await publishedPackages()) {
    for (const file of globSync("src/**/*.ts", { cwd: folder, exclude: ["**/*.test.ts"] }).sort()) {
      const text = await readFile(join(folder, file), "utf8");
      classes.push(...errorClassesOf(text, name));
      for (const [owner, codes] of codeUnionsOf(text)) unions.set(owner, codes);
    }
  }
  const page = join(DOCS, "src", "content", "docs", "reference", "errors.md");
  await mkdir(dirname(page), { recursive: true });
  const written = new Map<string, string>();
  for (const file of globSync("*.md", { cwd: WRITTEN })) {
    written.set(file.slice(0, -".md".length), await readFile(join(WRITTEN, file), "utf8"));
  }
  await writeFile(page, errorPage(descendants(classes, unions), written));
}

/** The classes of one file that extend another and are called an error. */
export function errorClassesOf(text: string, packageName: string): ErrorClass[] {
  const source = ts.createSourceFile("errors.ts", text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isClassDeclaration).flatMap((declaration): ErrorClass[] => {
    const base = declaration.heritageClauses?.flatMap(({ types }) => types)[0]?.expression.getText();
    const name = declaration.name?.text;
    if (name === undefined || base === undefined || !name.endsWith("Error")) return [];
    const [code, message, ...rest] = superArguments(declaration);
    const own = declaration.members.filter(ts.isPropertyDeclaration).find((each) => each.name.getText() === "code");
    const codes = [
      ...(own?.initializer ? stringsIn(own.initializer) : []),
      ...(code ? stringsIn(code).filter((each) => CODE.test(each) || AWS_CODE.test(each)) : []),
      ...rest.flatMap((argument) => stringsIn(argument).filter((each) => CODE.test(each))),
    ];
    return [
      {
        name,
        base,
        package: packageName,
        codes,
        codeOf: code && codeOwner(declaration, code),
        message: message && textOf(message),
        isPermanent: /\bisPermanent\b[^=\n]*= true/.test(declaration.getText()),
      },
    ];
  });
}

/**
 * Those that extend `LonghaulError` or `LocalAwsError`, or have a code of their own, with what they inherit.
 *
 * @throws if one has no code that can be read.
 */
export function descendants(
  classes: readonly ErrorClass[],
  unions: ReadonlyMap<string, readonly string[]> = new Map(),
): ErrorClass[] {
  const byName = new Map(classes.map((each) => [each.name, each]));
  return classes.flatMap((each): ErrorClass[] => {
    const line = [each];
    for (let base = byName.get(each.base); base && !line.includes(base); base = byName.get(base.base)) line.push(base);
    const root = line.at(-1);
    const isCoded = root !== undefined && (ROOTS.has(root.name) || (root.base === "Error" && root.codes.length > 0));
    if (!isCoded || ROOTS.has(each.name)) return [];
    const named = line.map(({ codes, codeOf }) => (codeOf === undefined ? codes : (unions.get(codeOf) ?? codes)));
    const codes = named.find((each) => each.length > 0);
    // Its code is that of something else, of any run's reason for example.
    if (!codes && line.some(({ codeOf }) => codeOf !== undefined)) return [];
    if (!codes) throw new Error(`${each.name} of ${each.package} has no code that can be read from its class.`);
    return [{ ...each, codes, isPermanent: line.some(({ isPermanent }) => isPermanent) }];
  });
}

/** Interfaces with a `code` that is one of several strings, and types that are: which strings they are. */
function codeUnionsOf(text: string): Map<string, readonly string[]> {
  const unions = new Map<string, readonly string[]>();
  for (const each of ts.createSourceFile("errors.ts", text, ts.ScriptTarget.Latest, true).statements) {
    if (ts.isTypeAliasDeclaration(each) && ts.isUnionTypeNode(each.type))
      unions.set(each.name.text, stringsIn(each.type));
    if (!ts.isInterfaceDeclaration(each)) continue;
    const code = each.members.filter(ts.isPropertySignature).find((member) => member.name.getText() === "code");
    if (code?.type && ts.isUnionTypeNode(code.type)) unions.set(each.name.text, stringsIn(code.type));
  }
  return unions;
}

/** For `super(reason.code, ...)` the type of `reason`; for `super(code, ...)` that of the parameter that `code` is taken from. */
function codeOwner(declaration: ts.ClassDeclaration, code: ts.Expression): string | undefined {
  const parameters = declaration.members.filter(ts.isConstructorDeclaration).flatMap((each) => [...each.parameters]);
  if (ts.isIdentifier(code)) {
    const holdsIt = ({ name }: ts.ParameterDeclaration) =>
      ts.isObjectBindingPattern(name) && name.elements.some((element) => element.name.getText() === code.text);
    const isGiven = ({ name, type }: ts.ParameterDeclaration) =>
      name.getText() === code.text && (code.text === "code" || (type !== undefined && ts.isTypeReferenceNode(type)));
    return (parameters.find(holdsIt) ?? parameters.find(isGiven))?.type?.getText();
  }
  if (!ts.isPropertyAccessExpression(code) || code.name.text !== "code") return undefined;
  const owner = code.expression.getText();
  return parameters.find((parameter) => parameter.name.getText() === owner)?.type?.getText();
}

function superArguments(declaration: ts.ClassDeclaration): readonly ts.Expression[] {
  let found: readonly ts.Expression[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) found = node.arguments;
    ts.forEachChild(node, look);
  };
  look(declaration);
  // A code may come in as a parameter with a default: `{ code = "RUN_FAILED" }`.
  const [code, ...rest] = found;
  return code && ts.isIdentifier(code) ? [defaultOf(declaration, code.text) ?? code, ...rest] : found;
}

function defaultOf(declaration: ts.ClassDeclaration, name: string): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const look = (node: ts.Node): void => {
    if ((ts.isBindingElement(node) || ts.isParameter(node)) && node.name.getText() === name) found = node.initializer;
    ts.forEachChild(node, look);
  };
  look(declaration);
  return found;
}

function stringsIn(node: ts.Node): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  const found: string[] = [];
  ts.forEachChild(node, (child) => void found.push(...stringsIn(child)));
  return found;
}

function textOf(message: ts.Expression | undefined): string | undefined {
  if (!message) return undefined;
  if (ts.isStringLiteralLike(message)) return message.text;
  if (ts.isBinaryExpression(message)) {
    const [left, right] = [textOf(message.left), textOf(message.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  if (!ts.isTemplateExpression(message)) return undefined;
  return message.head.text + message.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
}

/** The page: for each code what was written of it, and the classes that have it. */
export function errorPage(classes: readonly ErrorClass[], written: ReadonlyMap<string, string>): string {
  const codes = [...new Set([...written.keys(), ...classes.flatMap((each) => each.codes)])].sort();
  const sections = codes.map((code) => {
    const text = (written.get(code) ?? "").replace(/^# .*\n/, "").trim();
    const entries = classes.filter((each) => each.codes.includes(code)).map(entryOf);
    return [`## ${code}`, ...(text === "" ? [] : [onSite(text)]), ...entries].join("\n\n");
  });
  return `---
title: Errors by code
description: Every error that Longhaul throws has a stable code. Compare the code; the message is for people.
tableOfContents: { maxHeadingLevel: 2 }
---

An error of the library is a \`LonghaulError\` with a \`code\`. A *permanent* error ends its run as failed at once, because
another attempt cannot help. Any other error is retried. The reasons in the records of runs have codes of the same kind.

Each error has the address of its page in \`helpUrl\`. Logs, Lambda's report of a failure and the commands show it.

${sections.join("\n\n")}
`;
}

/** Files of the repository have no address on the site: their names stay. */
function onSite(text: string): string {
  return text
    .replace(/\]\(\.\.\/([\w-]+)\.md(#[\w-]+)?\)/g, "](/explanation/$1.html$2)")
    .replace(/\[([^\]]+)\]\(\.\.\/[^)]+\)/g, "$1");
}

function entryOf({ name, package: packageName, message, isPermanent }: ErrorClass): string {
  const kind = isPermanent ? ", permanent" : "";
  const said = message
    ?.replaceAll("<", "&lt;")
    .replaceAll("\n", " ")
    .replace(/\u2026{2,}/g, "\u2026");
  return [`\`${name}\` of \`${packageName}\`${kind}.`, ...(said ? [`> ${said}`] : [])].join("\n\n");
}
