import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { CHECKS } from "../src/checks.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The command as a user runs it. */
function verify(...given: string[]) {
  return new Promise<{ code: unknown; out: string; error: string }>((resolve) => {
    const node = [process.execPath, "--conditions=longhaul-source"] as const;
    execFile(node[0], [node[1], MAIN, ...given], (failure, out, error) =>
      resolve({ code: failure?.code ?? 0, out, error }),
    );
  });
}

describe("npm run verify", () => {
  it("visits the lease, walks and fleets, and says of each bounds how much", async () => {
    const { code, out } = await verify("--states", "20000");
    expect(code).toBe(0);
    for (const { name, invariants, bounds } of CHECKS) {
      expect(out).toContain(`${name}, ${invariants[0]} to ${invariants.at(-1)}`);
      for (const { name, size } of bounds.filter(({ size }) => size !== "small")) {
        expect(out, size).toMatch(new RegExp(`${name}: .*\\n    [\\d,]+ states, \\d+ steps deep, not all visited`));
      }
    }
    expect(out).toContain("No invariant falls.");
  });

  it("takes one of them, and bounds by a part of their name", async () => {
    const { code, out } = await verify("--of", "lease", "--bounds", "three inv", "--states", "3000", "--json");
    expect(code).toBe(0);
    const { states, searches } = JSON.parse(out);
    expect(states).toBeGreaterThanOrEqual(3000);
    expect(searches.map(({ of, bounds }: { of: string; bounds: { name: string } }) => [of, bounds.name])).toEqual([
      ["lease", "three invocations, a fault"],
      ["lease", "three invocations, stop and resume"],
      ["lease", "three invocations, three faults"],
    ]);
  });

  it.each([
    ["lease", "a run that is done can be resumed", "V3 falls: a run that was done is handed-off."],
    ["walks", "a checkpoint saves nothing of ranges that are leaving", "V13 falls: the result counts "],
    ["fleets", "a plan adds one token too many", "V16 falls: 4 tokens, and the maximum is 3."],
  ])("ends with 1 and a shortest trace if an invariant falls: of the %s", async (_, bug, finding) => {
    const { code, out } = await verify("--bug", bug);
    expect(code).toBe(1);
    expect(out).toContain(finding);
    expect(out.split(finding)[1]?.trim().split("\n").length).toBeGreaterThan(3);
  });

  it("gives the trace as JSON", async () => {
    const { code, out } = await verify("--bug", "a run that is done can be resumed", "--json");
    expect(code).toBe(1);
    const { finding } = JSON.parse(out).searches[0];
    expect(finding).toMatchObject({ invariant: "V3", text: "a run that was done is handed-off" });
    expect(finding.trace[0]).toMatchObject({ tick: 0, begins: { invocation: "#1", hop: 0 } });
  });

  it("draws the trace", async () => {
    const folder = mkdtempSync(join(tmpdir(), "longhaul-verify-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, "trace.html");
    const { code } = await verify("--bug", "a run that is done can be resumed", "--html", file);
    expect(code).toBe(1);
    expect(readFileSync(file, "utf8")).toContain("V3 falls: a run that was done is handed-off.");
  });

  it.each([
    [["--bug", "another"], "No deliberate bug of that name: another."],
    [["--of", "leases"], "--of takes lease, walks, fleets, not leases."],
    [["--bounds", "a hundred faults"], "No bounds of that name: a hundred faults."],
    [["--seconds", "soon"], "--seconds must be a number above 0, not soon."],
    [["--states", "0"], "--states must be a number above 0, not 0."],
  ])("ends with 2 and a sentence for what it has not: %s", async (given, sentence) => {
    const { code, error } = await verify(...given);
    expect(code).toBe(2);
    expect(error).toContain(`verify: ${sentence}`);
  });
});

describe("the deliberate bugs", () => {
  const bugs = CHECKS.flatMap(({ bugs }) => bugs);

  it("have names of their own", () => {
    expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
  });

  it("are all in the help of the command", async () => {
    const { code, out } = await verify("--help");
    expect(code).toBe(0);
    for (const { name } of bugs) expect(out).toContain(`"${name}"`);
  });

  it.each(CHECKS)("of $name are met within small bounds", ({ bugs, bounds, invariants }) => {
    expect(new Set(bounds.map(({ name }) => name)).size).toBe(bounds.length);
    for (const { within, breaks } of bugs) {
      expect(bounds.find(({ name }) => name === within)).toMatchObject({ size: "small" });
      expect(invariants).toContain(breaks);
    }
  });
});
