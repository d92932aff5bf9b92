import { type AttributeValue, BatchWriteItemCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { RunStore } from "@longhaul/core";
import { runClient, sweep } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import type { HandOffMessage } from "@longhaul/core/parts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedRunTable, type RunTableServer, tableName } from "./run-table.ts";
import { beginning, stats } from "./run-writes.ts";

// Real endpoints, on machines that are busy with other tests.
const nowMs = 1_800_000_000_000;

type Item = Record<string, AttributeValue>;

/** The cost of calls by operation, as DynamoDB reports it. */
interface Cost {
  readUnits: number;
  writeUnits: number;
  calls: number;
}

/** Capacity as DynamoDB reports it; a batch reports it by table. */
interface Consumed {
  readonly CapacityUnits?: number;
}

/** The server's client, which counts what its calls cost. */
function meteredClientOf({ client }: RunTableServer, cost: Cost): RunTableServer["client"] {
  const metered = Object.create(client) as RunTableServer["client"];
  metered.send = (async (command: { input: object }, ...rest: []) => {
    Object.assign(command.input, { ReturnConsumedCapacity: "TOTAL" });
    const answer = (await client.send(command as never, ...rest)) as unknown as {
      readonly ConsumedCapacity?: Consumed | readonly Consumed[];
    };
    const consumed = [answer.ConsumedCapacity ?? []].flat();
    const units = consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    cost.calls++;
    if (command.constructor.name === "UpdateItemCommand") cost.writeUnits += units;
    else cost.readUnits += units;
    return answer;
  }) as typeof client.send;
  return metered;
}

describe("a sweep costs what is due, not what is stored", () => {
  let server: RunTableServer;
  let store: RunStore;
  beforeAll(async () => {
    server = await embeddedRunTable();
    store = dynamodbRunStore({ tableName, client: server.client });
  });
  afterAll(() => server.stop());

  /** Fills the table with copies of a run's item. */
  async function addCopies(run: string, names: readonly string[], change: Item = {}): Promise<void> {
    const key = { TableName: tableName, Key: { run: { S: run } } };
    const { Item } = await server.client.send(new GetItemCommand(key));
    for (let from = 0; from < names.length; from += 25) {
      const puts = names.slice(from, from + 25).map((name) => ({
        PutRequest: { Item: { ...Item, ...change, run: { S: name } } },
      }));
      await server.client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: puts } }));
    }
  }

  const named = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`).sort();

  async function sweepOnce(): Promise<Cost & { readonly sent: readonly string[] }> {
    const cost: Cost = { readUnits: 0, writeUnits: 0, calls: 0 };
    const sent: HandOffMessage[] = [];
    const driver = { name: "test", maxBytes: 1e6, send: async (message: HandOffMessage) => void sent.push(message) };
    const swept = dynamodbRunStore({ tableName, client: meteredClientOf(server, cost) });
    await sweep({ store: swept, driver, host: { ...sweepHost, now: () => nowMs + 120_000 } });
    return { ...cost, sent: sent.map(({ run }) => run).sort() };
  }

  it("whether there are none or 5,000 finished runs beside those that are lost", async () => {
    const idle = await sweepOnce();
    expect(idle).toMatchObject({ sent: [], writeUnits: 0 });
    const write = { run: "done", hop: 0, owner: "owner-a", epoch: 1, stats };
    await store.begin(beginning("done", { event: JSON.stringify({ text: "x".repeat(1_000) }) }));
    await store.finish({ ...write, nowMs, phase: "done", result: '"all of it"' });
    await addCopies("done", named("done", 5_000));
    const crowded = await sweepOnce();
    expect(crowded).toEqual(idle);
    expect(crowded.readUnits).toBeLessThanOrEqual(4);
    const lost = named("lost", 20);
    for (const run of lost) await store.create(beginning(run));
    // One that runs, and one whose event is on its way, are not looked at.
    await store.begin(beginning("running", { leaseUntilMs: nowMs + 900_000 }));
    await store.create(beginning("fresh", { nowMs: nowMs + 119_000 }));
    const found = await sweepOnce();
    expect(found.sent).toEqual(lost);
    expect(found.readUnits).toBeLessThanOrEqual(8);
    expect(found.calls).toBe(idle.calls + lost.length);
    // They are due again only after a while.
    expect(await sweepOnce()).toMatchObject({ sent: [], readUnits: idle.readUnits });
  });

  it("and so does a list: a page of it costs what the page holds", async () => {
    const cost: Cost = { readUnits: 0, writeUnits: 0, calls: 0 };
    const client = runClient({
      store: dynamodbRunStore({ tableName, client: meteredClientOf(server, cost) }),
      driver: { name: "test", maxBytes: 1e6, send: async () => {} },
    });
    const first = await client.list({ status: "done", limit: 10 });
    expect(first.runs).toHaveLength(10);
    const { runs } = await client.list({ status: "done", limit: 10, cursor: first.cursor });
    expect(new Set([...first.runs, ...runs].map(({ id }) => id)).size).toBe(20);
    // Four partitions of the index and ten items, twice; each item is read consistently, and takes one unit.
    expect(cost).toMatchObject({ writeUnits: 0, calls: 2 * 5 });
    expect(cost.readUnits).toBeGreaterThanOrEqual(2 * 10);
    expect(cost.readUnits).toBeLessThanOrEqual(2 * (4 * 0.5 + 10));
  });

  it("page by page, where more are due than a page holds", async () => {
    const runs = named("many", 510);
    await store.create(beginning("many"));
    await addCopies("many", runs, { live: { S: "live#0" } });
    const { sent } = await sweepOnce();
    expect(sent.filter((run) => run.startsWith("many-"))).toEqual(runs);
  });
});

const sweepHost = {
  timer(delayMs: number, fire: () => void) {
    const handle = setTimeout(fire, delayMs);
    return () => clearTimeout(handle);
  },
  id: () => crypto.randomUUID(),
  random: Math.random,
  env: () => undefined,
};
