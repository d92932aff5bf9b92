import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answers, CTRL_C, DOWN, ENTER, terminalAt } from "../test/terminal.ts";
import { InstallError } from "./errors.ts";
import { main } from "./main.ts";
import { TEMPLATE_NAMES } from "./templates.ts";

let workingDirectory: string;
beforeEach(async () => {
  workingDirectory = await mkdtemp(join(tmpdir(), "create-longhaul-"));
});
afterEach(() => rm(workingDirectory, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly installed: readonly string[];
}

/** Types a command line; with answers, at a terminal. */
async function type(line: readonly string[], terminal?: ReturnType<typeof terminalAt>, fails = false): Promise<Ended> {
  let out = "";
  let err = "";
  const installed: string[] = [];
  const code = await main(line, {
    workingDirectory,
    terminal,
    async install(folder) {
      installed.push(folder);
      if (fails) throw new InstallError(folder, "it ended with 1");
    },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err, installed };
}

const all = ["app", "--template", "s3-batch", "--infra", "cdk", "--sample", "--no-install"];
const there = () => readdir(workingDirectory);

describe("without a terminal nothing is asked", () => {
  it.each([
    ["the folder", [0], "a folder"],
    ["the template", [1, 2], "--template"],
    ["the infrastructure", [3, 4], "--infra"],
    ["the data", [5], "--sample or --data FILE"],
    ["the install", [6], "--install or --no-install"],
  ])("and the flag for %s is named", async (_, without, flag) => {
    const { code, err, out } = await type(all.filter((_word, at) => !without.includes(at)));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.match(/Missing: (.*?)\. Or/)?.[1]).toContain(flag);
    expect(await there()).toEqual([]);
  });

  it("and all that are missing are named at once", async () => {
    const { err } = await type(["app"]);
    for (const flag of ["--template", "--infra", "--sample", "--install", "--yes"]) expect(err).toContain(flag);
  });

  it("and a template without data needs no flag for data", async () => {
    expect(await type(["app", "-t", "minimal", "-i", "none", "--no-install"])).toMatchObject({ code: 0 });
  });

  it("but --yes takes the defaults", async () => {
    const { code, installed } = await type(["--yes"]);
    expect(code).toBe(0);
    expect(installed).toEqual([join(workingDirectory, "longhaul-app")]);
    expect(await there()).toEqual(["longhaul-app"]);
  });

  it("and --yes keeps what flags say", async () => {
    const { out } = await type(["-y", "app", "-t", "queue-loops", "--no-install"]);
    expect(out).toContain("from the template queue-loops");
    expect(out).toContain("--template queue-loops --infra cdk --sample --no-install");
  });

  it("also with --json at a terminal", async () => {
    const terminal = terminalAt([["Which template?", CTRL_C]]);
    expect(await type(["app", "--json"], terminal)).toMatchObject({ code: 2 });
    expect(terminal.shown()).toBe("");
  });
});

describe("what it prints", () => {
  it("ends with the commands to type next, and nothing else", async () => {
    const { out } = await type([...all.slice(0, -1), "--install"]);
    expect(out.split("Next:\n")[1]).toBe("  cd app\n  npm run demo\n  npm test\n  npm run deploy\n");
  });

  it("has the command that makes the same again, to the byte", async () => {
    const { out } = await type(all);
    const again = /The same again:\n {2}npm create longhaul@\S+ (.*)\n/.exec(out)?.[1]?.split(" ") ?? [];
    const before = await contentOf("app");
    await rm(join(workingDirectory, "app"), { recursive: true });
    expect(await type(again.filter((word) => word !== "--"))).toMatchObject({ code: 0 });
    expect(await contentOf("app")).toEqual(before);
  });

  it("is one JSON object with --json", async () => {
    const { out, err } = await type([...all, "--json"]);
    expect(err).toBe("");
    expect(JSON.parse(out)).toMatchObject({
      folder: join(workingDirectory, "app"),
      name: "app",
      template: "s3-batch",
      infra: "cdk",
      data: null,
      installed: false,
      next: ["cd app", "npm install", "npm run demo", "npm test", "npm run deploy"],
      files: expect.arrayContaining([".gitignore", "src/work.ts", "sample/cities.ndjson"]),
    });
  });

  it("is one JSON object with --json, of a failure too", async () => {
    const { out, code } = await type(["app", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      error: {
        code: "FLAG_MISSING",
        message: expect.stringContaining("--template"),
        helpUrl: expect.stringContaining("docs/errors/FLAG_MISSING.md"),
      },
    });
  });

  it("is help with each flag and each template, 80 columns wide", async () => {
    const { out, code } = await type(["--help"]);
    expect(code).toBe(0);
    for (const word of [...TEMPLATE_NAMES, "--infra", "--data", "--yes", "--json", "Exit codes"])
      expect(out).toContain(word);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("is the version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
    expect(await type(["--version"])).toMatchObject({ code: 0, out: `${version}\n` });
  });
});

describe("what cannot be carried out is refused with exit code 2, and nothing is written", () => {
  it.each([
    ["an unknown option", [...all, "--templat"], "USAGE"],
    ["an unknown template", ["app", "-t", "s4-batch"], "USAGE"],
    ["two folders", ["a", "b", "--yes"], "USAGE"],
    ["sample and file at once", [...all, "--data", "a.csv"], "USAGE"],
    ["a folder that is none", ["", "--yes"], "FOLDER_NAME"],
    ["a package name", ["app", "--yes", "--name", "../evil"], "PACKAGE_NAME"],
    ["a data file that is missing", ["app", "-t", "s3-batch", "--yes", "--data", "none.csv"], "DATA_FILE"],
    ["data for a template that takes none", ["app", "--yes", "--data", "none.csv"], "DATA_FILE"],
  ])("%s", async (_, line, code) => {
    const ended = await type([...line, "--json"]);
    expect(ended.code).toBe(2);
    expect(JSON.parse(ended.out)).toMatchObject({ error: { code } });
    expect(await there()).toEqual([]);
  });

  it("a folder that is not empty, unless --force is given", async () => {
    await mkdir(join(workingDirectory, "app"));
    await writeFile(join(workingDirectory, "app", "mine"), "");
    const refused = await type([...all, "--json"]);
    expect(JSON.parse(refused.out)).toMatchObject({ error: { code: "FOLDER_NOT_EMPTY" } });
    expect(refused.code).toBe(2);
    expect(await type([...all, "--force"])).toMatchObject({ code: 0 });
  });

  it("with an exit code of its own if npm install fails: the app is there", async () => {
    const ended = await type(["app", "--yes", "--json"], undefined, true);
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.out)).toMatchObject({ error: { code: "INSTALL_FAILED" } });
    expect(ended.err).toMatch(/^See: https:.*\/docs\/errors\/INSTALL_FAILED\.md$/m);
    expect(await there()).toEqual(["app"]);
  });
});

describe("on a terminal everything is asked that no flag says", () => {
  const answers: Answers = [
    ["Which folder?", `photos${ENTER}`],
    ["Which template?", `${DOWN}${ENTER}`],
    ["Which infrastructure?", `${DOWN}${ENTER}`],
    ["Which data", ENTER],
    ["Install packages", ENTER],
  ];

  it("in order", async () => {
    const terminal = terminalAt(answers);
    const { code, out, installed } = await type([], terminal);
    expect({ code, left: terminal.left() }).toEqual({ code: 0, left: 0 });
    expect(out).toContain("photos -- --template s3-batch --infra none --sample --install\n");
    expect(installed).toEqual([join(workingDirectory, "photos")]);
  });

  it("and nothing else", async () => {
    const terminal = terminalAt([["Install packages", `n`]]);
    const { code, installed } = await type(all.slice(0, -1), terminal);
    expect({ code, installed, left: terminal.left() }).toEqual({ code: 0, installed: [], left: 0 });
    expect(terminal.shown()).not.toContain("Which");
  });

  it("a file of one's own, until there is one", async () => {
    await writeFile(join(workingDirectory, "mine.csv"), "id\n1\n");
    const terminal = terminalAt([
      ["Which data", `${DOWN}${ENTER}`],
      ["Which file?", `none.csv${ENTER}`],
      ["Which file?", `mine.csv${ENTER}`],
    ]);
    const { code, out } = await type(["app", "-t", "s3-batch", "-i", "cdk", "--no-install"], terminal);
    expect(code).toBe(0);
    expect(out).toContain("--data mine.csv");
    expect(terminal.shown()).toContain("no such file");
    expect(await readdir(join(workingDirectory, "app", "sample"))).toEqual(["mine.csv"]);
  });

  it("whether a folder that is not empty may be written to", async () => {
    await mkdir(join(workingDirectory, "app"));
    await writeFile(join(workingDirectory, "app", "mine"), "");
    const line = all.slice(0);
    expect(await type(line, terminalAt([["not empty (mine)", "n"]]))).toMatchObject({ code: 130, out: "" });
    expect(await readdir(join(workingDirectory, "app"))).toEqual(["mine"]);
    expect(await type(line, terminalAt([["not empty (mine)", "y"]]))).toMatchObject({ code: 0 });
    expect(await readdir(join(workingDirectory, "app"))).toContain("mine");
  });

  it("and Ctrl-C ends it, with nothing written", async () => {
    const terminal = terminalAt([...answers.slice(0, 2), ["Which infrastructure?", CTRL_C]]);
    expect(await type([], terminal)).toMatchObject({ code: 130, out: "", err: "" });
    expect(await there()).toEqual([]);
  });
});

/** The texts of all files of a folder. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const root = join(workingDirectory, folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")] as const)),
  );
}
