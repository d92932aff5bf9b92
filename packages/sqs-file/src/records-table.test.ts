import type { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { type RecordsTable, TableBusyError, upsertRecords } from "./records-table.ts";

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
    pause: async (delayMs) => void pauses.push(delayMs),
    random: () => 1,
  };
  return { table, items, sizes, pauses, wireBytes, signals, most };
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
    const { table, items, sizes, pauses } = tableOf((request) => Math.max(0, 4 - request));
    await upsertRecords(table, "f", records(5), signal);
    expect(sizes).toEqual([5, 3, 2, 1]);
    expect(pauses).toEqual([50, 100, 200]);
    expect(items.size).toBe(5);
  });

  it("after pauses that differ, so that hops side by side do not come back all at once", async () => {
    const { table, pauses } = tableOf((request) => Math.max(0, 3 - request));
    await upsertRecords({ ...table, random: () => 0 }, "f", records(5), signal);
    expect(pauses).toEqual([25, 50]);
  });

  it("four requests at a time, which end with the hop", async () => {
    const { table, signals, most } = tableOf(() => 0);
    await upsertRecords(table, "f", records(400), signal);
    expect(most.atOnce).toBe(4);
    expect(new Set(signals)).toEqual(new Set([signal]));
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

  it("a table that takes nothing ten times in a row fails the hop", async () => {
    const { table, pauses } = tableOf(() => 1);
    await expect(upsertRecords(table, "f", records(3), signal)).rejects.toThrow(TableBusyError);
    expect(pauses).toHaveLength(9);
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
