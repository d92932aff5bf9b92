import { simulateMany } from "@longhaul/core/testing";
import middy from "@middy/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type Delivery, type Handler, startDelivery } from "../test/delivery.ts";

let delivery: Delivery;
beforeAll(async () => {
  delivery = await startDelivery();
  // Powertools writes to the console then, and not to the process's streams.
  vi.stubEnv("POWERTOOLS_DEV", "true");
});
afterEach(() => void vi.unstubAllGlobals());
afterAll(() => delivery.stop());

/** Delivers an event and those of all further hops, of which each does four orders; answers with the outcomes and the log. */
async function deliver(handler: Handler, first: object) {
  const lines: Record<string, unknown>[] = [];
  for (const level of ["info", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  }
  const charged: number[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    charged.push(Number(url.split("/").at(-1)));
    if (charged.length % 4 === 0) delivery.time.leftMs = 5_000; // the hop ends
    return new Response();
  });
  const outcomes = await delivery.deliverAll(handler, first);
  return { outcomes, lines, charged };
}

describe("a handler that middy wraps", () => {
  it("goes from hop to hop, and each line of the logger names run, hop and request", async () => {
    const { handler } = await import("./powertools-and-middy.ts");
    const { outcomes, lines, charged } = await deliver(handler, { orders: 10 });
    expect(outcomes).toMatchObject([
      { status: "continued", hop: 0 },
      { status: "continued", hop: 1 },
      { status: "done", hop: 2, result: 10 },
    ]);
    expect(charged).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const orders = lines.filter(({ message }) => message === "charged");
    expect(orders.map(({ order, hop }) => [order, hop])).toEqual(
      charged.map((order) => [order, Math.floor(order / 4)]),
    );
    expect(new Set(lines.map(({ run }) => run)).size).toBe(1);
    expect(new Set(lines.map(({ function_request_id: id }) => id)).size).toBe(3);
    expect(lines.map(({ message }) => message)).toEqual(expect.arrayContaining(["hop.start", "handoff", "done"]));
  });

  it("begins a new run with each hop, if a middleware drops the envelope", async () => {
    const { work } = await import("./powertools-and-middy.ts");
    const handler = middy(work as never).before((request) => {
      const { orders } = request.event as { orders: number };
      request.event = { orders } as never;
    });
    const { outcomes, charged } = await deliver(handler, { orders: 10 });
    expect(new Set(outcomes.map((outcome) => (outcome as { run: string }).run)).size).toBe(5);
    expect(charged.slice(0, 8)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });
});

it("the work beside the wrapped handler is simulated", async () => {
  const { work } = await import("./powertools-and-middy.ts");
  vi.spyOn(console, "info").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.stubGlobal("fetch", async () => new Response());
  const { outcomes } = await simulateMany({ seeds: 10, event: { orders: 40 }, handler: () => work });
  expect(outcomes.done).toBe(10);
});
