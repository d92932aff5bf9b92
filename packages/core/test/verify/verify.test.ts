import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { SMALL } from "./bounds.ts";
import { BUGS } from "./bugs.ts";
import { checkAll } from "./check-all.ts";
import { shipped } from "./protocol.ts";
import { type SearchResult, search } from "./search.ts";
import { traceText } from "./trace-text.ts";

describe("no invariant of the lease falls, whatever the invocations of a run do", () => {
  it("in all states of the small bounds", async () => {
    // In threads of their own: Vitest's way to load modules makes a search five times slower.
    const limits = { states: Number.POSITIVE_INFINITY, seconds: 300, threads: 2, onProgress: () => {} };
    const checked = await checkAll(SMALL, limits);
    expect(checked.flatMap(({ trace }) => trace ?? [])).toEqual([]);
    expect(checked.filter(({ isWhole }) => isWhole)).toHaveLength(SMALL.length);
  });
});

/** The search that meets a deliberate bug. */
function meet(name: string): SearchResult {
  const bug = BUGS.find((each) => each.name === name)!;
  const bounds = SMALL.find((each) => each.name === bug.within)!;
  return search(bounds, { ...shipped, ...bug.functions });
}

describe("each deliberate bug makes the invariant fall that it breaks", () => {
  it.each(BUGS.map(({ name, breaks }) => [breaks, name] as const))("%s: %s", (breaks, name) => {
    const { violation } = meet(name);
    expect(violation?.broken.id).toBe(breaks);
    expect(violation && traceText(violation)).toContain(`${breaks} falls: `);
  });

  it("at least two for each", () => {
    const counts = Array.from(
      { length: 12 },
      (_, index) => BUGS.filter(({ breaks }) => breaks === `V${index + 1}`).length,
    );
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(2);
  });
});

describe("a trace is for people", () => {
  it("it is a shortest one: who did what when, and the record before and after", () => {
    const { violation } = meet("a late event begins a run that is done");
    expect(violation && traceText(violation)).toMatchInlineSnapshot(`
      "V3 falls: a run that was done is running.
      t=0   #1        event arrives, and will once more (hop 0)
      t=0   #1        begins: hop 0
                      no record -> hop 0 running by a
      t=0   #1        chooses to write: finish at 1
      t=0   #1        writes: finish at 1
                      hop 0 running by a -> hop 0 done
      t=0   #2        event arrives, and will once more (hop 0)
      t=0   #2        begins: hop 0
                      hop 0 done -> hop 0 running by a"
    `);
  });
});

describe("npm run verify", () => {
  const run = (...given: string[]) =>
    new Promise<{ code: unknown; text: string }>((resolve) => {
      const main = fileURLToPath(new URL("main.ts", import.meta.url));
      execFile(process.execPath, [main, ...given], (error, text) => resolve({ code: error?.code ?? 0, text }));
    });

  it("exits with 0 and says what it visited, if no invariant falls", async () => {
    const { code, text } = await run("--states", "3000", "--invocations", "3", "--json");
    expect(code).toBe(0);
    const { states, searches } = JSON.parse(text);
    expect(states).toBeGreaterThanOrEqual(3000);
    for (const each of searches) expect(each).toMatchObject({ isWhole: false, bounds: { invocations: 3 } });
  });

  it("exits with 1 and prints a shortest trace, if one does", async () => {
    const { code, text } = await run("--bug", "a run that is done can be resumed");
    expect(code).toBe(1);
    expect(text).toContain("V3 falls: a run that was done is handed-off.");
  });

  it("exits with 2 and its usage, if it is asked for what it has not", async () => {
    expect(await run("--bug", "another")).toMatchObject({ code: 2, text: expect.stringContaining("npm run verify") });
  });
});
