import { describe, expect, it } from "vitest";
import { delivered, written } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import { breaks } from "./break.picture.ts";
import { replaced } from "./replaced.picture.ts";
import { CANCELLED, ORDERS, run } from "./run.picture.ts";

const page = pageText("caches-across-hops");

describe("chapter 5: caches across hops", () => {
  it("load the file once, and ask in each hop whether it is still the same", async () => {
    const { outcome, stats, file } = await run();
    expect(outcome).toBe("done");
    expect([stats.invocations, file.downloads, file.notModified]).toEqual([7, 1, 6]);
    expect(page).toContain("Seven hops downloaded the file once. Six times S3 answered that the copy is still right.");
  });

  it("do not keep a position from meaning another order", async () => {
    const result = await breaks();
    const { none } = delivered(result, ORDERS);
    const missed = [...missing(result.effects.values)];
    expect(result.outcome).toBe("done");
    expect(none).toBe(CANCELLED);
    const position = missed[0]!;
    expect(page).toContain(`Position ${written(position)} of the old file is order ${written(position)}.`);
    expect(page).toContain(`it is order ${written(position + CANCELLED)}. So ${none} customers got no invoice`);
  });

  it("with the ETag in the state, a replaced file ends the run", async () => {
    const result = await replaced();
    const { invoices, several } = delivered(result, ORDERS);
    expect(result.outcome).toBe("on-failure");
    expect(result.jobs[0]?.lastError).toContain("ObjectChangedError");
    expect(several).toBe(0);
    expect(page).toContain(`after ${written(invoices)} invoices.`);
  });
});

function* missing(values: ReadonlyMap<string, unknown>): Generator<number> {
  const sent = new Set(values.values());
  for (let order = 0; order < ORDERS; order++) if (!sent.has(order)) yield order;
}
