import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { VERBS } from "../src/verbs.ts";
import { carriedOut } from "./carried-out.ts";

const run = promisify(execFile);
const scriptFor = async (shell: string) => (await carriedOut("completion", shell)).stdout;
const verbs = VERBS.map((verb) => verb(() => {}));
/** Options of a verb as its help names them. */
const flagsOf = (name: string) =>
  verbs
    .find((verb) => verb.name() === name)
    ?.options.flatMap(({ long }) => long ?? [])
    .concat("--help")
    .sort();

/** The words that bash offers for the last one: by the function of the script, with its own `compgen`. */
async function inBash(...words: string[]): Promise<string[]> {
  const program = `${await scriptFor("bash")}
    COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _longhaul || exit 9; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run("bash", ["--norc", "-c", program, "bash", "longhaul", ...words]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

describe("bash completes", () => {
  it("verbs, and the options without one", async () => {
    expect(await inBash("")).toEqual([...verbs.map((verb) => verb.name()), "help", "--help", "--version"].sort());
    expect(await inBash("re")).toEqual(
      verbs
        .map((verb) => verb.name())
        .filter((name) => name.startsWith("re"))
        .sort(),
    );
  });

  it.each(verbs.map((verb) => verb.name()))("all options of %s, and no others", async (name) => {
    expect(await inBash(name, "--")).toEqual(flagsOf(name));
  });

  it("values that an option or an argument may have", async () => {
    expect(await inBash("runs", "--status", "pau")).toEqual(["paused"]);
    expect(await inBash("completion", "")).toEqual(["bash", "fish", "zsh"]);
    expect(await inBash("help", "ia")).toEqual(["iam"]);
  });

  it("nothing of its own where anything may be typed, so that bash offers files", async () => {
    expect(await inBash("run", "")).toEqual([]);
    expect(await inBash("run", "--input", "")).toEqual([]);
    const { stdout } = await run("bash", ["--norc", "-c", `${await scriptFor("bash")}\ncomplete -p longhaul`]);
    expect(stdout).toContain("-o default -F _longhaul longhaul");
  });
});

describe.each(["zsh", "fish"])("the script for %s", (shell) => {
  it("has every verb with its options", async () => {
    const script = await scriptFor(shell);
    for (const verb of verbs) {
      expect(script).toContain(verb.name());
      for (const { long = "" } of verb.options)
        expect(script).toContain(shell === "fish" ? `-l ${long.slice(2)} ` : long);
    }
  });

  it("has its quotes in pairs, whatever the texts say", async () => {
    const escaped = shell === "fish" ? /\\'/g : /'\\''/g;
    for (const line of (await scriptFor(shell)).split("\n")) {
      expect({ line, quotes: (line.replace(escaped, "").split("'").length - 1) % 2 }).toEqual({ line, quotes: 0 });
    }
  });
});

describe("longhaul completion", () => {
  it("tells programs what may be typed", async () => {
    const { stdout } = await carriedOut("completion", "bash", "--json");
    const line = JSON.parse(stdout);
    expect(line.verbs.map(({ name }: { name: string }) => name)).toEqual([...verbs.map((verb) => verb.name()), "help"]);
  });

  it("refuses a shell that it does not know, with those that it does", async () => {
    const { code, stderr } = await carriedOut("completion", "tcsh");
    expect(code).toBe(2);
    expect(stderr).toContain("bash, zsh, fish");
  });
});
