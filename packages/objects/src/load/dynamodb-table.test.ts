import type { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { CallTuning } from "@longhaul/core/parts";
import { describe, expect, it } from "vitest";
import { type RecordsTable, TableBusyError, upsertRecords } from "./dynamodb-table.ts";

/** A table that leaves the first `refused` items of each request unprocessed. */
function tableOf(refused: (request: number) => number) {
  const items = new Map<string, string>();
  const sizes: number[] = [];
  const pauses: number[] = [];
  const wireBytes: number[] = [];
  const signals: unknown[] = [];
  const most = { underWay: 0, atOnce: 0 };
  const send = async ({ input }: BatchWriteItemCommand, options?: { readonly abortSignal?: unknown }) => {
    signals.push(options?.abortSignal);
    wireBytes.push(JSON.stringify(input).length);
    most.atOnce = Math.max(most.atOnce, ++most.underWay);
    await Promise.resolve();
    most.underWay--;
    const requests = input.RequestItems?.records ?? [];
    const left = refused(sizes.push(requests.length));
    for (const { PutRequest } of requests.slice(left)) {
      items.set(`${PutRequest?.Item?.file?.S}#${PutRequest?.Item?.record?.N}`, PutRequest?.Item?.data?.S ?? "");
    }
    return left === 0 ? {} : { UnprocessedItems: { records: requests.slice(0, left) } };
  };
  const table: RecordsTable = {
    client: { send: send as unknown as DynamoDBClient["send"] },
    tableName: "records",
  };
  const calls: CallTuning & { readonly host: object } = {
    attempts: 10,
    host: {
      random: () => 0.999,
      // Pauses take no time; the limit of a call never passes.
      timer(delayMs, fire) {
        if (delayMs < 5_000) {
          pauses.push(Math.round(delayMs));
          queueMicrotask(fire);
        }
        return () => {};
      },
    },
  };
  return { table, calls, items, sizes, pauses, wireBytes, signals, most };
}

const records = (count: number) => Array.from({ length: count }, (_, record) => ({ record, json: `{"id":${record}}` }));
const { signal } = new AbortController();

describe("records are upserted by file and number", () => {
  it("25 to a request; written twice, they stand there once", async () => {
    const { table, items, sizes } = tableOf(() => 0);
    for (let i = 0; i < 2; i++) await upsertRecords(table, "f", records(60), signal);
    expect(sizes).toEqual([25, 25, 10, 25, 25, 10]);
    expect(items.size).toBe(60);
    expect(items.get("f#59")).toBe('{"id":59}');
  });

  it("unprocessed items are sent again, after a pause that grows, until all are written", async () => {
    const { table, calls, items, sizes, pauses } = tableOf((request) => Math.max(0, 4 - request));
    await upsertRecords(table, "f", records(5), signal, calls);
    expect(sizes).toEqual([5, 3, 2, 1]);
    expect(pauses).toEqual([400, 799, 1_598]);
    expect(items.size).toBe(5);
  });

  it("also where a table takes none of a full request", async () => {
    const { table, calls, items, sizes } = tableOf((request) => (request === 1 ? 25 : 0));
    await upsertRecords(table, "f", records(25), signal, calls);
    expect(sizes).toEqual([25, 25]);
    expect(items.size).toBe(25);
  });

  it("after pauses that differ, so that hops side by side do not come back all at once", async () => {
    const { table, calls, pauses } = tableOf((request) => Math.max(0, 3 - request));
    const host = { ...calls.host, random: () => 0.25 } as typeof calls.host;
    await upsertRecords(table, "f", records(5), signal, { ...calls, host });
    expect(pauses).toEqual([100, 200]);
  });

  it("four requests at a time, which end with the hop", async () => {
    const { table, signals, most } = tableOf(() => 0);
    const controller = new AbortController();
    const writing = upsertRecords(table, "f", records(400), controller.signal);
    controller.abort(new Error("hop ends"));
    await expect(writing).rejects.toThrow("hop ends");
    expect(most.atOnce).toBe(4);
    expect(signals.map((each) => (each as AbortSignal).aborted)).toEqual(signals.map(() => true));
  });

  it("fewer to a request if they are large: 16 MB go over the network, and quotes count twice there", async () => {
    const { table, items, sizes, wireBytes } = tableOf(() => 0);
    const large = { json: JSON.stringify({ text: '"'.repeat(200_000) }) };
    await upsertRecords(
      table,
      "f",
      Array.from({ length: 60 }, (_, record) => ({ record, ...large })),
      signal,
    );
    expect(items.size).toBe(60);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(60);
    expect(Math.max(...wireBytes)).toBeLessThan(16_000_000);
    expect(Math.max(...sizes)).toBeGreaterThan(10);
  });

  it("and one that is larger than that alone goes alone", async () => {
    const { table, sizes } = tableOf(() => 0);
    const json = "x".repeat(8_000_000);
    await upsertRecords(
      table,
      "f",
      [1, 2].map((record) => ({ record, json })),
      signal,
    );
    expect(sizes).toEqual([1, 1]);
  });

  it("a table that takes nothing for as long as there is time fails the hop", async () => {
    const { table, calls, sizes } = tableOf(() => 1);
    let leftMs = 30_000;
    const host = {
      random: () => 0.9,
      timer(delayMs: number, fire: () => void) {
        // A limit is cancelled by the answer, which comes first.
        const waiting = setImmediate(() => {
          leftMs -= delayMs;
          fire();
        });
        return () => clearImmediate(waiting);
      },
    };
    const writing = upsertRecords(table, "f", records(3), signal, { ...calls, host, budgetMs: () => leftMs });
    await expect(writing).rejects.toThrow(TableBusyError);
    expect(sizes.length).toBeGreaterThan(8);
    expect(leftMs).toBeGreaterThanOrEqual(0);
  });

  it("and nothing more is sent once a request failed", async () => {
    const { table, sizes } = tableOf((request) => {
      if (request === 1) throw new Error("no");
      return 0;
    });
    await expect(upsertRecords(table, "f", records(400), signal)).rejects.toThrow("no");
    await new Promise((resolve) => setImmediate(resolve));
    // Of sixteen: those under way, and at most one more of each that ended in the same moment.
    expect(sizes.length).toBeLessThan(8);
  });

  it("nothing is sent once the hop is ending", async () => {
    const { table, sizes } = tableOf(() => 0);
    await expect(upsertRecords(table, "f", records(3), AbortSignal.abort())).rejects.toThrow("aborted");
    expect(sizes).toEqual([]);
  });
});
