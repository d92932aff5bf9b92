import type { HandOffMessage, InvocationContext } from "@longhaul/core";
import { describe, expect, it, vi } from "vitest";
import { splitRecords } from "./split-records.ts";

const context = { invokedFunctionArn: "arn:live" } as InvocationContext;

function split(send: (message: HandOffMessage) => Promise<void> = async () => {}) {
  const sent: HandOffMessage[] = [];
  const handled = vi.fn(async () => ({ status: "done", run: "r", hop: 0, message: "all done", result: 1 }) as const);
  const driver = {
    name: "test",
    maxBytes: 1_000,
    send: async (message: HandOffMessage) => {
      await send(message);
      sent.push(message);
    },
  };
  return { sent, handled, handler: splitRecords({ driver, stateKey: "position" }, handled) };
}

describe("an event of several records", () => {
  it("is sent on record by record, with all else it has, through the alias it came by", async () => {
    const { sent, handled, handler } = split();
    const event = { Records: ["a", "b"], note: 1 };
    expect(await handler(event, context)).toEqual({ status: "split", runs: 2 });
    expect(sent.map(({ payload, target }) => [JSON.parse(payload), target])).toEqual([
      [{ Records: ["a"], note: 1 }, "arn:live"],
      [{ Records: ["b"], note: 1 }, "arn:live"],
    ]);
    expect(event).toEqual({ Records: ["a", "b"], note: 1 });
    expect(handled).not.toHaveBeenCalled();
  });

  it("brings the position of another handler to its first record only", async () => {
    const { sent, handler } = split();
    await handler({ Records: ["a", "b"], position: 7 }, context);
    expect(sent.map(({ event }) => event.position)).toEqual([7, undefined]);
  });

  it("fails as a whole if one cannot be sent, so that its retry sends all", async () => {
    const { handler } = split(async ({ payload }) => {
      if (payload.includes("b")) throw new Error("throttled");
    });
    await expect(handler({ Records: ["a", "b"] }, context)).rejects.toThrow("throttled");
  });

  it("of none is refused", async () => {
    await expect(split().handler({ Records: [] }, context)).rejects.toMatchObject({ code: "EVENT" });
  });
});

it.each([[{ Records: ["a"] }], [{ bucket: "b", key: "k" }], ["no event at all"]])(
  "any other event goes to the handler as it is: %j",
  async (event) => {
    const { handled, handler } = split();
    await handler(event as object, context);
    expect(handled).toHaveBeenCalledExactlyOnceWith(event, context);
  },
);
