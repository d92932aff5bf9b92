import { describe, expect, it, vi } from "vitest";
import { delivered } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import { breaks } from "./break.picture.ts";
import { invoke } from "./invoke.ts";
import { ORDERS, run } from "./run.picture.ts";

const page = pageText("recursion-with-a-position");

describe("chapter 2: recursion with a position", () => {
  it("does in several hops what one could not", async () => {
    const result = await run();
    expect(result.outcome).toBe("done");
    expect(result.stats.invocations).toBe(7);
    expect(page).toContain("Seven hops do what one could not do.");
    expect(delivered(result, ORDERS)).toEqual({ invoices: ORDERS, several: 0, none: 0 });
  });

  it("dies in a step that is longer than its reserve", async () => {
    const result = await breaks();
    const { several } = delivered(result, ORDERS);
    expect(result.outcome).toBe("on-failure");
    expect(result.stats.timeouts).toBe(3);
    expect(result.effects.attempts).toHaveLength(3 * several);
    expect(page).toContain(`${several} customers got three invoices.`);
  });

  it("puts the event into Lambda's queue", async () => {
    const send = vi.fn();
    await invoke("arn:aws:lambda:eu-central-1:123456789012:function:invoices:live", { position: 7 }, { send } as never);
    expect(send.mock.calls[0]?.[0].input).toEqual({
      FunctionName: "arn:aws:lambda:eu-central-1:123456789012:function:invoices:live",
      InvocationType: "Event",
      Payload: '{"position":7}',
    });
  });
});
