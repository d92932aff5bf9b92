import { describe, expect, it } from "vitest";
import { written } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import { breaks } from "./break.picture.ts";
import { OBJECTS, PAGE, pages, run } from "./run.picture.ts";
import walk from "./walk.picture.ts";

const page = pageText("a-whole-bucket");

describe("chapter 8: a whole bucket", () => {
  it("is walked over several hops, with the token as the state", async () => {
    const result = await run();
    expect(result.outcome).toBe("done");
    expect(result.stats.invocations).toBeGreaterThan(1);
    expect(pages(result)).toEqual({ different: OBJECTS / PAGE, inAll: OBJECTS / PAGE });
  });

  it("is never walked without a token: each hop begins at the first key", async () => {
    const result = await breaks();
    const { different, inAll } = pages(result);
    expect(result.outcome).toBe("unfinished");
    expect(page).toContain(`${written(different * PAGE)} objects were worked on, again and again.`);
    expect(page).toContain(`says ${Math.round((inAll * PAGE) / 1_000_000)} million`);
  });

  it("is walked in parts at once by bucketWalk()", () => {
    const { hops, check } = walk();
    const parts = new Set(hops.map(({ run }) => run)).size;
    expect(page).toContain(`${parts} parts and ${hops.length} invocations`);
    expect(page).toContain(check?.message.match(/([\d,]+) objects/)?.[0]);
    const overlap = hops.some((hop) =>
      hops.some(
        (other) => other.run !== hop.run && other.startedAtMs < hop.endedAtMs! && hop.startedAtMs < other.endedAtMs!,
      ),
    );
    expect(overlap).toBe(true);
  });
});
