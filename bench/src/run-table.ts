import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { HandOffDriver } from "@longhaul/core";
import { runClient, sweep } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { outsideCredentials } from "@longhaul/local";
import { type Consumed, countCalls } from "./capacity.ts";
import type { BenchOptions, Finding } from "./finding.ts";
import { ask, startProgram } from "./own-process.ts";
import { runIdOf, TABLE } from "./run-table-items.ts";
import type { FilledTable, FillRequest } from "./run-table-server.ts";

const SIZES = [1_000, 100_000, 1_000_000] as const;
/** So many runs are due, whatever the table holds. */
const DUE = 20;
const MAX_GROWTH = 1.1;
/** Three indexed copies of a million records need more than Node takes by itself. */
const HEAP_MB = 12_000;

/** A subject of the bench: what it does to a table. */
type Operation = (runs: ReturnType<typeof runClient>, store: ReturnType<typeof dynamodbRunStore>) => Promise<unknown>;

const channel: HandOffDriver = { name: "none", maxBytes: 256_000, send: async () => {} };

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "get one run": (runs) => runs.get(runIdOf(500)),
  "list 100 of one status": async (runs) => full(await runs.list({ status: "done", limit: 100 }), 100),
  "list 200 of one status, in two pages": async (runs) => {
    const { cursor } = await runs.list({ status: "done", limit: 100 });
    return full(await runs.list({ status: "done", limit: 100, cursor }), 100);
  },
  "list 10 of any status": async (runs) => full(await runs.list({ limit: 10 }), 10),
  [`sweep with ${DUE} due`]: async (_, store) => {
    const { due, sent } = await sweep({ store, driver: channel });
    if (due !== DUE || sent !== DUE) throw new Error(`The sweep found ${due} runs, and sent ${sent}.`);
  },
  "sweep with none due": (_, store) => sweep({ store, driver: channel }),
};

/**
 * Requests and consumed capacity of reading and sweeping a run table of 1,000, 100,000 and 1,000,000 records, by the real
 * store and client on the embedded DynamoDB: they depend on the page, not on the table. The units are those of AWS's rule,
 * by the sizes of the items; the embedded DynamoDB's own are shown beside them. The items are those that the store writes.
 */
export async function runTable(_: BenchOptions): Promise<Finding[]> {
  const consumed = new Map<string, readonly Consumed[]>();
  let bytesPerRecord = 0;
  const server = startProgram("run-table-server.ts", [`--max-old-space-size=${HEAP_MB}`]);
  try {
    for (const records of SIZES) {
      const table = await ask<FilledTable>(server, { records, due: DUE } satisfies FillRequest);
      bytesPerRecord = table.bytesPerRecord;
      for (const [name, operate] of Object.entries(OPERATIONS))
        consumed.set(name, [...(consumed.get(name) ?? []), await measured(table, operate)]);
    }
  } finally {
    server.kill();
  }
  const scanUnits = Math.ceil((SIZES[2] * bytesPerRecord) / 4_096);
  return [...consumed].map(([name, sizes]) => findingOf(name, sizes, scanUnits));
}

async function measured({ url, region }: FilledTable, operate: Operation): Promise<Consumed> {
  const client = new DynamoDBClient({ endpoint: url, region, credentials: outsideCredentials });
  const store = dynamodbRunStore({ tableName: TABLE, client });
  const count = countCalls(client);
  await operate(runClient({ store, driver: channel }), store);
  client.destroy();
  return count();
}

function full(
  { runs, cursor }: { readonly runs: readonly unknown[]; readonly cursor?: string | undefined },
  limit: number,
) {
  if (runs.length !== limit || cursor === undefined) throw new Error(`The page has ${runs.length} runs.`);
}

function findingOf(name: string, sizes: readonly Consumed[], scanUnits: number): Finding {
  const units = sizes.map(({ readUnits, writeUnits }) => readUnits + writeUnits);
  const requests = sizes.map(({ requests }) => requests);
  const last = sizes.at(-1);
  const grows = (figures: readonly number[]) => (figures.at(-1) ?? Number.NaN) > MAX_GROWTH * (figures[0] ?? 0);
  const shown = [`${last?.readUnits} read units`, ...(last?.writeUnits ? [`${last.writeUnits} write units`] : [])];
  return {
    what: `${name}, 1,000,000 records`,
    figure: `${shown.join(" and ")} in ${last?.requests} requests; reading the whole table takes ${scanUnits.toLocaleString("en-US")} read units`,
    bar: `at most ${MAX_GROWTH} times as much as of 1,000 records`,
    isMet: !grows(units) && !grows(requests),
    rounds: {
      [`units, ${SIZES.map((size) => size.toLocaleString("en-US")).join("; ")} records`]: units,
      "read units as the embedded DynamoDB reports them": sizes.map(({ reportedReadUnits }) => reportedReadUnits),
      requests,
    },
    unit: "",
  };
}
