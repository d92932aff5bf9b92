import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { runTableRequest } from "@longhaul/core/store";
import { simulateMany } from "@longhaul/core/testing";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import middy from "@middy/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type EventQueue, openEventQueue } from "../test/event-queue.ts";
import { invocation } from "../test/invocation.ts";

let aws: LocalAws;
let queue: EventQueue;
beforeAll(async () => {
  aws = await startLocalAws({ region: "eu-west-1" });
  queue = await openEventQueue();
  const outside = { region: aws.region, endpoint: aws.url, credentials: outsideCredentials };
  await new DynamoDBClient(outside).send(new CreateTableCommand(runTableRequest("runs")));
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", aws.url);
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", queue.url);
  vi.stubEnv("LONGHAUL_RECURSIVE_LOOP", "Allow");
  // Powertools writes to the console then, and not to the process's streams.
  vi.stubEnv("POWERTOOLS_DEV", "true");
});
afterEach(() => void vi.unstubAllGlobals());
afterAll(async () => {
  queue.close();
  await aws.stop();
});

type Handler = (event: never, context: never) => Promise<unknown>;

/** Delivers an event and those of all further hops, of which each does four orders; answers with the outcomes and the log. */
async function deliver(handler: Handler, first: object) {
  const lines: Record<string, unknown>[] = [];
  for (const level of ["info", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  }
  const charged: number[] = [];
  const time = { leftMs: 0 };
  vi.stubGlobal("fetch", async (url: string) => {
    charged.push(Number(url.split("/").at(-1)));
    if (charged.length % 4 === 0) time.leftMs = 500; // the hop ends
    return new Response();
  });
  const outcomes: unknown[] = [];
  for (let event: unknown = first; event !== undefined && outcomes.length < 5; event = queue.take()) {
    time.leftMs = 60_000;
    outcomes.push(await handler(event as never, { ...invocation(time), awsRequestId: crypto.randomUUID() } as never));
  }
  while (queue.take() !== undefined);
  return { outcomes, lines, charged };
}

describe("a handler that middy wraps", () => {
  it("goes from hop to hop, and each line of the logger names run, hop and request", async () => {
    const { handler } = await import("./powertools-and-middy.ts");
    const { outcomes, lines, charged } = await deliver(handler as Handler, { orders: 10 });
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
    const { outcomes, charged } = await deliver(handler as never, { orders: 10 });
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
