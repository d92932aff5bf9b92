import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mutant } from "../src/mutant.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
let root: string;

const sum: Omit<Mutant, "id" | "from" | "to"> = {
  promise: "sum() adds",
  file: "src/sum.ts",
  testFile: "src/sum.test.ts",
  test: "sum > adds",
};

/** The deliberate bugs of the little workspace; what is expected of each is its name. */
const mutants: readonly Mutant[] = [
  { ...sum, id: "caught", from: "a + b", to: "a - b" },
  { ...sum, id: "survived", from: "return a", to: "return 0 + a" },
  { ...sum, id: "does-not-apply", from: "a * b", to: "a - b" },
  { ...sum, id: "does-not-apply-twice", from: "number", to: "string" },
  { ...sum, id: "does-not-apply-file", file: "src/gone.ts", from: "a", to: "b" },
  { ...sum, id: "red-without-it", from: "a + b", to: "a - b", test: "is red already" },
  { ...sum, id: "no-such-test", from: "a + b", to: "a - b", test: "subtracts" },
  { ...sum, id: "does-not-load", from: "a + b", to: "a +" },
  { ...sum, id: "hangs", from: "return a", to: "for (;;);\n  return a" },
  { ...sum, id: "caught-by-an-uncommitted-test", from: "a + b", to: "a", testFile: "src/new.test.ts", test: "is new" },
];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mutants-workspace-"));
  const demo = join(root, "packages/demo");
  mkdirSync(join(demo, "src"), { recursive: true });
  mkdirSync(join(demo, "test"));
  mkdirSync(join(root, "node_modules"));
  mkdirSync(join(root, "tmp"));
  const vitest = dirname(createRequire(import.meta.url).resolve("vitest/package.json"));
  symlinkSync(vitest, join(root, "node_modules/vitest"));
  // The package imports itself by its name, through a link of the workspace.
  symlinkSync("../packages/demo", join(root, "node_modules/demo"));
  writeFileSync(join(root, ".gitignore"), "node_modules\ntmp\n");
  writeFileSync(join(demo, "package.json"), '{ "name": "demo", "type": "module", "exports": "./src/sum.ts" }');
  writeFileSync(join(demo, "vitest.config.ts"), "export default { test: { testTimeout: 2_000 } };\n");
  writeFileSync(join(demo, "src/sum.ts"), "export function sum(a: number, b: number): number {\n  return a + b;\n}\n");
  writeFileSync(
    join(demo, "src/sum.test.ts"),
    `import { describe, expect, it } from "vitest";
import { sum } from "demo";
describe("sum", () => {
  it("adds", () => expect(sum(1, 2)).toBe(3));
  it("is red already", () => expect(sum(1, 2)).toBe(4));
});
`,
  );
  writeFileSync(join(demo, "test/mutants.ts"), `export const mutants = ${JSON.stringify(mutants)};\n`);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: root });
  git("init", "-q");
  git("add", ".");
  git("commit", "-qm", "all");
  cpSync(join(demo, "src/sum.test.ts"), join(demo, "src/new.test.ts"));
  writeFileSync(
    join(demo, "src/new.test.ts"),
    'import { expect, it } from "vitest";\nimport { sum } from "./sum.ts";\nit("is new", () => expect(sum(2, 2)).toBe(4));\n',
  );
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: join(root, "tmp") };
    execFile(process.execPath, [main, "--root", root, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe("npm run mutants", () => {
  it("tells of each deliberate bug whether its test notices it, and leaves the tree as it was", {
    timeout: 120_000,
  }, async () => {
    const before = readFileSync(join(root, "packages/demo/src/sum.ts"), "utf8");
    const { code, stdout, stderr } = await run("--json", "--limit", "1");
    expect(code).toBe(1);
    const { mutants: verdicts } = JSON.parse(stdout) as { mutants: { id: string; state: string; detail: string }[] };
    const states = new Map(verdicts.map(({ id, state }) => [id, state]));
    for (const { id } of mutants) expect(id.replaceAll("-", " "), `${id}: ${stderr}`).toContain(states.get(id));
    expect(stderr).toContain("2 of 10 deliberate bugs were caught");
    expect(stderr).toContain('the text "a * b" is not there any more');
    expect(stderr).toContain('the text "number" is there more than once');
    expect(readFileSync(join(root, "packages/demo/src/sum.ts"), "utf8")).toBe(before);
    expect(readdirSync(join(root, "tmp"))).toEqual([]);
  });

  it("ends with 0 if all are caught", async () => {
    const { code, stdout } = await run("--only", "caught", "--jobs", "1");
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/caught .* s {2}demo\/caught .* sum\(\) adds/);
    expect(stdout).toContain("2 of 2 deliberate bugs were caught");
  });

  it("lists them, and says so when a name fits none", async () => {
    const { code, stdout } = await run("--list", "--package", "demo");
    expect([code, stdout.trimEnd().split("\n").length]).toEqual([0, 10]);
    expect(await run("--package", "core")).toMatchObject({ code: 2 });
    expect(await run("--jobs", "none")).toMatchObject({ code: 2 });
    expect((await run("--help")).stdout).toContain("npm run mutants");
  });
});

it.each<[string, object[], string]>([
  ["no promise", [{ ...sum, id: "a", from: "a", to: "b", promise: "" }], "mutant a has no promise"],
  [
    "the same name twice",
    [
      { ...sum, id: "a", from: "a", to: "b" },
      { ...sum, id: "a", from: "b", to: "a" },
    ],
    'two mutants "a"',
  ],
  ["an edit that changes nothing", [{ ...sum, id: "a", from: "a", to: "a" }], "changes nothing"],
])("a list with %s is an error", async (_, list, message) => {
  const path = join(root, "packages/demo/test/mutants.ts");
  const before = readFileSync(path);
  writeFileSync(path, `export const mutants = ${JSON.stringify(list)};\n`);
  const { code, stderr } = await run("--list");
  writeFileSync(path, before);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});
