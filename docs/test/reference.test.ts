import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { recursive } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { guardLimits } from "../../packages/core/src/recursion/guards.ts";
import { verbsOf } from "../generate/command-page.ts";
import { DOCS, WORKSPACE } from "../generate/places.ts";

const page = (name: string) => readFileSync(join(DOCS, "src", "content", "docs", "reference", name), "utf8");
const source = (path: string) => readFileSync(join(WORKSPACE, "packages", path), "utf8");

/** The rows of the tables under a heading, each as its cells. */
function rowsUnder(text: string, heading: string): string[][] {
  const [, section = ""] = new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(text) ?? [];
  return section
    .split("\n")
    .filter((line) => /^\| [^-|]/.test(line))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));
}

const namesIn = (cell = "") => [...cell.matchAll(/`([\w.]+)(?:\(\))?`/g)].map(([, name]) => name);

/** The names of an option that `recursive()` says it has. */
function known(options: object): string[] {
  try {
    recursive({ start: () => 0, *run() {}, ...options } as never);
  } catch (error) {
    const [, group = "", list = ""] = /no option "(.*)nope"\. There are: (.*)\./.exec(String(error)) ?? [];
    return list.split(", ").map((name) => group + name);
  }
  throw new Error("It took an unknown option.");
}

/** The fields of an interface, as its file has them; `depth` is how far they are indented. */
function fieldsOf(text: string, name: string, depth = 2): string[] {
  const [, body = ""] = new RegExp(`interface ${name}[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(text) ?? [];
  return [...body.matchAll(new RegExp(`^ {${depth}}(?:readonly )?(\\w+)[?(:]`, "gm"))].map(([, field = ""]) => field);
}

describe("the cheat sheet", () => {
  const sheet = page("cheat-sheet.mdx");

  it("has every option of recursive(), and no other", () => {
    const groups = ["state", "time", "advanced", "guards"];
    const expected = [
      ...known({ nope: 1 }).filter((name) => !groups.includes(name)),
      ...groups.slice(0, 3).flatMap((group) => known({ [group]: { nope: 1 } })),
      ...[...Object.keys(guardLimits({}, () => undefined)), "isKilled"].map((name) => `guards.${name}`),
    ];
    expect(expected.length).toBeGreaterThan(25);
    const rows = rowsUnder(sheet, "Options of `recursive\\(\\)`").slice(1);
    expect(rows.flatMap(([names]) => namesIn(names)).sort()).toEqual(expected.sort());
  });

  it("has the defaults of the guards", () => {
    const rows = new Map(rowsUnder(sheet, "Options of `recursive\\(\\)`").map(([name, , value]) => [name, value]));
    const numbers = Object.entries(guardLimits({}, () => undefined)).filter(([, value]) => typeof value === "number");
    expect(numbers).toHaveLength(5);
    for (const [name, value] of numbers) expect(rows.get(`\`guards.${name}\``)).toBe(value.toLocaleString("en-US"));
  });

  it("has everything that the work gets", () => {
    const options = source("core/src/options.ts");
    const rows = rowsUnder(sheet, "What `run` gets");
    expect(rows.flatMap(([names]) => namesIn(names)).sort()).toEqual(fieldsOf(options, "RunContext").sort());
    const ofRun = rows.find(([name]) => name === "`run`")?.[1];
    expect(namesIn(ofRun)).toEqual(fieldsOf(options, "RunContext", 4));
  });

  it("has every status of an outcome", () => {
    const statuses = [...source("core/src/recursion/outcome.ts").matchAll(/readonly status: (.+);/g)].flatMap(
      ([, type = ""]) => [...type.matchAll(/"(\w+)"/g)].map(([, status]) => status),
    );
    expect(statuses.length).toBeGreaterThan(5);
    const rows = rowsUnder(sheet, "What an invocation answers").slice(1);
    expect(rows.flatMap(([names]) => namesIn(names)).sort()).toEqual(statuses.sort());
  });

  it("has every verb of the command", async () => {
    const bin = join(WORKSPACE, "packages", "cli", "src", "bin.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=longhaul-source", bin, "--help"]);
    const told = [...sheet.matchAll(/^\| `npx longhaul (\w+)/gm)].map(([, verb]) => verb);
    expect(told).toEqual(verbsOf(stdout.trim()));
  });
});

describe("the page of settings", () => {
  const settings = page("settings.md");
  const variables = (heading: string) =>
    rowsUnder(settings, heading)
      .slice(1)
      .flatMap(([name]) => namesIn(name));

  it("has every variable of our own that a package reads", () => {
    const files = globSync("*/src/**/*.ts", { cwd: join(WORKSPACE, "packages") });
    const read = files
      .filter((file) => !file.endsWith(".test.ts") && !file.startsWith("local/"))
      .flatMap((file) => [...source(file).matchAll(/LONGHAUL_[A-Z]+(?:_[A-Z]+)*/g)].map(([name]) => name));
    expect(new Set([...variables("Of every function on Longhaul"), ...variables("Of tests")])).toEqual(new Set(read));
  });

  it("has every variable of a fleet", () => {
    const [, body = ""] =
      /const Environment = [\s\S]*?v\.object\(\{([\s\S]*?)\n {2}\}\),/.exec(source("fleet/src/fleet-settings.ts")) ??
      [];
    const read = [...body.matchAll(/^ {4}([A-Z_]+):/gm)].map(([, name]) => name);
    expect(read.length).toBeGreaterThan(5);
    expect(variables("Of a fleet of loops")).toEqual(read);
  });
});
