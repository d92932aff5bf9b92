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

const classOf = (name: string, base: string, body: string) => `export class ${name} extends ${base} {\n  ${body}\n}\n`;

describe("each code has a page", () => {
  it.each([
    ["given to the base", classOf("GoneError", "LonghaulError", 'constructor() { super("GONE", "It is GONE."); }')],
    ["given as the last", classOf("BError", "AError", 'constructor() {\n super("b", "It.", "GONE");\n }')],
    ["a choice", classOf("BError", "AError", 'constructor(a: boolean) { super(a ? "GONE" : "LOST", "x"); }')],
    ["a default", classOf("BError", "AError", 'constructor({ code = "GONE" }) { super(code, "x"); }')],
    ["a field", classOf("BError", "Error", 'readonly code = "GONE";')],
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
