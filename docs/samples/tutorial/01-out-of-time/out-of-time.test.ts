import { describe, expect, it } from "vitest";
import { delivered, written } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import { breaks, ORDERS as MANY } from "./break.picture.ts";
import { ORDERS, run } from "./run.picture.ts";

const page = pageText("out-of-time");

describe("chapter 1: a loop in one invocation", () => {
  it("is done on a usual day", async () => {
    const result = await run();
    expect(result.outcome).toBe("done");
    expect(delivered(result, ORDERS)).toEqual({ invoices: ORDERS, several: 0, none: 0 });
  });

  it("repeats its beginning on a day that is too long, and gives the rest up", async () => {
    const result = await breaks();
    const { several, none } = delivered(result, MANY);
    expect(result.outcome).toBe("on-failure");
    expect(result.stats.timeouts).toBe(3);
    expect(result.effects.attempts).toHaveLength(3 * several);
    expect(page).toContain(`Three invocations send the same ${several} invoices.`);
    expect(page).toContain(`${several} customers got three invoices each, and ${written(none)} got none.`);
  });
});
