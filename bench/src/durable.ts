import { type DurableLambdaHandler, withDurableExecution } from "@aws/durable-execution-sdk-js";
import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { callerDriver, type RunStore, recursive } from "@longhaul/core";
import { durableRun } from "@longhaul/core/durable";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { outsideCredentials } from "@longhaul/local";
import { countCalls } from "./capacity.ts";
import type { BenchOptions, Finding } from "./finding.ts";
import { costOf } from "./list-prices.ts";
import { median } from "./measure.ts";
import { ask, startProgram } from "./own-process.ts";
import { TABLE } from "./run-table-items.ts";
import type { FilledTable, FillRequest } from "./run-table-server.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_OPERATIONS = 3_000;
/** Steps for which items are batched where each cannot have its own: a third of the limit. */
const BATCHES = 1_000;

/** How often something was saved, and how long it took. */
interface Done {
  readonly ms: number;
  /** Operations of a durable execution, or writes to the run table. */
  readonly saves: number;
}

interface Items {
  readonly items: number;
}

/**
 * Items that do nothing, so that only the saving of positions is measured: by AWS's durable functions SDK in AWS's own local
 * runner, in real time, and by `recursive()` with the real store on the embedded DynamoDB, over HTTP. From 1,000 to
 * 100,000 items; a step for each until the limit of operations, then a step for each of 1,000 batches.
 */
export async function durable({ rounds: count = 3 }: BenchOptions): Promise<Finding[]> {
  const prices = costOf({ items: 1, itemSeconds: 1, memoryMb: 1_024 }).prices;
  // In real time: where the runner skips it, this process's clocks are the runner's, which moves them 20 ms a step.
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: false });
  const server = startProgram("run-table-server.ts");
  try {
    const table = await ask<FilledTable>(server, { records: 0, due: 0 } satisfies FillRequest);
    const findings: Finding[] = [];
    const compare = async (items: number, size: number, rounds: number) => {
      const subjects = {
        [DURABLE]: () => bySteps(items, size),
        [RUN]: () => byDurableRun(items),
        [EACH]: () => byRecursive(table, items, true),
        [USUAL]: () => byRecursive(table, items, false),
      };
      // Each item saved is what a step for each item has to be compared with, and nothing else.
      const named = Object.entries(subjects).filter(([name]) => name !== EACH || size === 1);
      const done = Object.fromEntries(named.map(([name]) => [name, [] as Done[]]));
      for (let round = 0; round < rounds; round++)
        for (const [name, subject] of named) done[name]?.push(await subject());
      findings.push(findingOf(items, size, done, prices));
    };
    await compare(1_000, 1, count);
    await compare(MAX_OPERATIONS, 1, 1);
    for (const items of [10_000, 100_000]) await compare(items, items / BATCHES, 1);
    return findings;
  } finally {
    server.kill();
    await LocalDurableTestRunner.teardownTestEnvironment();
  }
}

const DURABLE = "durable functions";
const RUN = "durableRun()";
const EACH = "recursive(), saved after each item";
const USUAL = "recursive(), saved each 5 s";

function findingOf(
  items: number,
  size: number,
  done: Readonly<Record<string, readonly Done[]>>,
  { durableOperation, tableWrite }: ReturnType<typeof costOf>["prices"],
): Finding {
  const said = Object.entries(done).map(([name, rounds]) => {
    const isDurable = name === DURABLE || name === RUN;
    const saves = rounds[0]?.saves ?? 0;
    const usd = saves * (isDurable ? durableOperation : tableWrite).usd;
    const ms = median(rounds.map(({ ms }) => ms));
    return `${name} ${(ms / 1_000).toFixed(2)} s, ${saves.toLocaleString("en-US")} ${isDurable ? "operations" : "writes"}, $${usd.toPrecision(2)}`;
  });
  const msOf = (name: string) => median((done[name] ?? []).map(({ ms }) => ms));
  const steps =
    size === 1 ? "a step for each item" : `a step for each ${size} items, since 3,000 operations are allowed`;
  return {
    what: `${items.toLocaleString("en-US")} items, ${steps}`,
    figure: said.join("; "),
    ...(size === 1 && {
      values: { msPerDurableStep: msOf(DURABLE) / items, msPerSavedItem: msOf(EACH) / items },
    }),
    rounds: Object.fromEntries(Object.entries(done).map(([name, rounds]) => [name, rounds.map(({ ms }) => ms)])),
  };
}

async function bySteps(items: number, size: number): Promise<Done> {
  const handler = withDurableExecution(async (event: Items, context) => {
    let sum = 0;
    for (let from = 0; from < event.items; from += size) {
      sum += await context.step(`items-${from}`, async () => Math.min(size, event.items - from));
    }
    return sum;
  });
  return execute(handler, items);
}

async function byDurableRun(items: number): Promise<Done> {
  const work = loop(false);
  return execute(
    withDurableExecution((event: Items, context) => durableRun(context, work, event)),
    items,
  );
}

async function execute(handlerFunction: DurableLambdaHandler, items: number): Promise<Done> {
  const beganMs = performance.now();
  const execution = await new LocalDurableTestRunner({ handlerFunction }).run({ payload: { items } });
  const ms = performance.now() - beganMs;
  if (execution.getResult() !== items) throw new Error(`The execution ended with ${execution.getResult()} items.`);
  return { ms, saves: execution.getOperations().length };
}

async function byRecursive({ url, region }: FilledTable, items: number, savesEach: boolean): Promise<Done> {
  const client = new DynamoDBClient({ endpoint: url, region, credentials: outsideCredentials });
  const consumed = countCalls(client);
  const work = loop(savesEach, dynamodbRunStore({ tableName: TABLE, client }));
  const deadlineMs = Date.now() + 900_000;
  const beganMs = performance.now();
  const outcome = await work(
    { items },
    {
      ...{ awsRequestId: `bench-${beganMs}`, functionVersion: "$LATEST", memoryLimitInMB: "1024" },
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:bench",
      getRemainingTimeInMillis: () => deadlineMs - Date.now(),
    },
  );
  const ms = performance.now() - beganMs;
  client.destroy();
  if (outcome.status !== "done" || outcome.result !== items) throw new Error(`The run ended ${outcome.status}.`);
  return { ms, saves: consumed().requests };
}

/** A loop over items that do nothing. */
function loop(savesEach: boolean, store?: RunStore) {
  return recursive<Items, number, number>({
    start: () => 0,
    async *run(position, { event, saveNext }) {
      for (let item = position; item < event.items; item++) {
        if (savesEach) saveNext();
        yield item + 1;
      }
      return event.items;
    },
    driver: callerDriver(),
    ...(store && { store }),
  });
}
