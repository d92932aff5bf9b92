import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { VERBS } from "../src/verbs.ts";
import { carriedOut } from "./carried-out.ts";
import { longhaul } from "./plain-app.ts";

const verbs = VERBS.map((verb) => verb(() => {}).name());
const typed = (...args: string[]) => longhaul(tmpdir(), args);

describe("help", () => {
  it("of the command lists every verb", async () => {
    const { code, stdout, stderr } = await typed("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^  ${verb} `, "m"));
  });

  it.each(verbs)("of %s has its options, an example and the exit codes, in 80 columns", async (verb) => {
    const { code, stdout, stderr } = await carriedOut(verb, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: longhaul ${verb} `));
    expect(stdout).toContain("--json");
    expect(stdout).toMatch(new RegExp(`^Examples?:\n  longhaul ${verb} `, "m"));
    expect(stdout).toMatch(/^Exit codes:\n {2}0 /m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(await carriedOut("help", verb)).toEqual({ code, stdout, stderr });
  });

  it("is shown where no verb is given, as a mistake", async () => {
    const { code, stdout } = await typed();
    expect(code).toBe(2);
    expect(stdout).toContain("Usage: longhaul");
  });
});

it("the version is the package's", async () => {
  const { version }: { version: string } = JSON.parse(
    await readFile(new URL("../package.json", import.meta.url), "utf8"),
  );
  expect(await typed("--version")).toMatchObject({ code: 0, stdout: `${version}\n` });
});

describe("a command line that cannot be carried out", () => {
  it.each([
    ["an unknown verb", ["rnu"], /unknown command 'rnu'\n\(Did you mean run\?\)\nSee: longhaul --help/],
    [
      "an unknown option",
      ["run", "--inptu", "x"],
      /unknown option '--inptu'\n\(Did you mean --input\?\)\nSee: longhaul run --help/,
    ],
    ["an option's value", ["dev", "--port", "soon"], /--port.*must be a number above 0/],
    ["a run that there is not", ["report", "none"], /No run "none"/],
  ])("%s: exit code 2, and on stderr what to do", async (_, args, text) => {
    const { code, stdout, stderr } = await typed(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(text);
  });

  it("is told to programs as JSON", async () => {
    const { code, stdout } = await typed("run", "--inptu", "--json");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: "USAGE",
        message: expect.stringContaining("--inptu"),
        helpUrl: expect.stringContaining("docs/errors/USAGE.md"),
      },
    });
  });
});
