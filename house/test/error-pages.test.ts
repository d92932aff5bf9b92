import { describe, expect, it } from "vitest";
import { errorPages } from "../src/error-pages.ts";
import { modulesOf } from "../src/module.ts";
import { treeOf } from "../src/tree.ts";

const page = (code: string) => `# ${code}\n\n**What happened.** A.\n\n**Why.** B.\n\n**What to do.** C.\n`;

function problemsOf(code: string, pages: Readonly<Record<string, string>> = {}): string[] {
  const written = Object.fromEntries(Object.entries(pages).map(([name, text]) => [`docs/errors/${name}.md`, text]));
  const tree = treeOf({ "packages/core/src/a.ts": code, ...written });
  return errorPages(
    tree,
    modulesOf(tree, () => true),
  ).map(({ message }) => message);
}

/** The findings about links of a package whose codes have their pages. */
function linkProblemsOf(path: string, code: string): string[] {
  const tree = treeOf({
    "package.json": JSON.stringify({ repository: { url: "git+https://host.example/us/it.git" } }),
    "docs/errors/GONE.md": page("GONE"),
    "packages/core/src/reason.ts": 'const reason = { code: "GONE" };',
    [path]: code,
  });
  return errorPages(
    tree,
    modulesOf(tree, () => true),
  ).map(({ place, message }) => `${place}: ${message}`);
}

const classOf = (name: string, base: string, body: string) => `export class ${name} extends ${base} {\n  ${body}\n}\n`;

describe("each code has a page", () => {
  it.each([
    ["given to the base", classOf("GoneError", "LonghaulError", 'constructor() { super("GONE", "It is GONE."); }')],
    ["given as the last", classOf("BError", "AError", 'constructor() {\n super("b", "It.", "GONE");\n }')],
    ["a choice", classOf("BError", "AError", 'constructor(a: boolean) { super(a ? "GONE" : "LOST", "x"); }')],
    ["a default", classOf("BError", "AError", 'constructor({ code = "GONE" }) { super(code, "x"); }')],
    ["a field", classOf("BError", "Error", 'readonly code = "GONE";\n  readonly helpUrl = errorPage(this.code);')],
    ["one of a union", 'export interface Reason {\n  readonly code:\n    | "GONE"\n    // the other\n    | "LOST";\n}'],
    ["of a fault", 'type EnvelopeFault =\n  /** Gone. */\n  | "GONE"\n  | "LOST";'],
    ["of an error without a class", 'throw new LonghaulError(\n"GONE", "It is gone.");'],
    ["of a reason", 'return { code: "GONE", message };'],
    ["of the embedded AWS", classOf("GoneError", "LocalAwsError", 'constructor() { super("Gone", "x"); }')],
  ])("%s", (_, code) => {
    const name = /"(GONE|Gone)"/.exec(code)?.[1] ?? "";
    const rest = code.includes("LOST") ? { LOST: page("LOST") } : {};
    expect(problemsOf(code, rest)).toEqual([`The code ${name} has no page: write docs/errors/${name}.md.`]);
    expect(problemsOf(code, { ...rest, [name]: page(name) })).toEqual([]);
  });

  it.each(['{ code: "ECONNRESET" }', 'if (error.code === "GONE") {}', '// { code: "GONE" }', 'const text = "code";'])(
    "%s is none of ours",
    (code) => {
      expect(problemsOf(`const a = () => { ${code}\n};`)).toEqual([]);
    },
  );
});

describe("a page", () => {
  it("of a code that nothing has is found", () => {
    expect(problemsOf("", { GONE: page("GONE") })).toEqual(["No package has an error or a reason with the code GONE."]);
  });

  it("says what happened, why and what to do, below its code", () => {
    expect(problemsOf('const reason = { code: "GONE" };', { GONE: "# Gone\n\n**Why.** B.\n" })).toEqual([
      'The page has to begin with "# GONE".',
      'The page does not say "What happened."',
      'The page does not say "What to do."',
    ]);
  });
});

describe("an error leads to its page", () => {
  const linked = 'readonly code = "GONE";\n  readonly helpUrl = errorPage(this.code);';

  it("by its own field, where its base has none", () => {
    const wrong = classOf("GoneError", "Error", 'readonly code = "GONE";');
    expect(linkProblemsOf("packages/cli/src/a.ts", wrong)).toEqual([
      "packages/cli/src/a.ts:1: GoneError does not lead to its page: readonly helpUrl = errorPage(this.code).",
    ]);
    expect(linkProblemsOf("packages/cli/src/a.ts", classOf("GoneError", "Error", linked))).toEqual([]);
  });

  it("by the base that gives errors their codes", () => {
    const base = (rest: string) =>
      `class BaseError extends Error {\n  readonly code: string;\n  constructor(code: string, message: string) {\n    ${rest}\n  }\n}\n`;
    expect(linkProblemsOf("packages/core/src/a.ts", base("this.code = code;"))).toHaveLength(1);
    expect(linkProblemsOf("packages/core/src/a.ts", base("this.helpUrl = errorPage(code);"))).toEqual([]);
  });

  it("at the repository's address, which one file of a package has", () => {
    const address = (at: string) => `const ERROR_PAGES = "${at}/docs/errors/";`;
    const ours = address("https://host.example/us/it/blob/main");
    const message =
      "The pages of errors are at https://host.example/us/it/blob/main/docs/errors/, and only error-page.ts says so.";
    expect(linkProblemsOf("packages/core/src/error-page.ts", ours)).toEqual([]);
    expect(linkProblemsOf("packages/core/src/a.ts", ours)).toEqual([`packages/core/src/a.ts:1: ${message}`]);
    for (const wrong of [address("https://old.example/it"), ours.replace("errors", "error")]) {
      expect(linkProblemsOf("packages/core/src/error-page.ts", wrong)).toEqual([
        `packages/core/src/error-page.ts:1: ${message}`,
      ]);
    }
  });
});
