import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { RecursiveHandler, RunStore } from "@longhaul/core";
import { type RunClient, runClient } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { runTableRequest } from "@longhaul/core/store";
import { build } from "esbuild";
import { type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";

/** The event of a run: counts to `upTo`, an item each `everyMs`; a negative item is an order that does not exist. */
export interface Count {
  readonly upTo: number;
  readonly everyMs: number;
  readonly failsAt?: number;
  /** Sleeps so long after each item, in milliseconds. */
  readonly sleepMs?: number;
}

const SOURCE = `
import { FailRunError, jsonLogObserver, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { sleepFor } from "@longhaul/core/sleep";
import { setTimeout as wait } from "node:timers/promises";
export const handler = recursive({
  store: dynamodbRunStore(),
  time: { checkpointEveryMs: 50 },
  history: { hops: 5 },
  observers: [jsonLogObserver()],
  start: () => ({ next: 0 }),
  onEnd({ run, status, reason }) {
    console.log("ended: " + [run, status, reason?.code].join(" "));
  },
  async *run(state, { event, progress }) {
    for (let next = state.next; next < event.upTo; next++) {
      await wait(event.everyMs);
      if (next === event.failsAt) throw new FailRunError("There is no item " + next + ".", { code: "NO_ITEM" });
      if (next % 10 === 0) console.log("item " + next + "\\nof " + event.upTo);
      progress({ items: next + 1 });
      const state = { next: next + 1 };
      yield event.sleepMs ? sleepFor(event.sleepMs, state) : state;
    }
    return event.upTo + " items" + (process.env.VERSION ?? "");
  },
});`;

/** A function on an embedded AWS that counts, with its run table; and a client for its runs. */
export interface CountingCloud {
  readonly aws: LocalAws;
  readonly store: RunStore;
  readonly client: RunClient<Count, string>;
  readonly tableName: string;
  readonly functionName: string;
  /** Deploys the function again, with another version of its code. */
  redeploy(version: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startCountingCloud(): Promise<CountingCloud> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-counting-"));
  const [tableName, functionName] = ["runs", "counter"];
  const [aws] = await Promise.all([
    startLocalAws(),
    build({
      stdin: { contents: SOURCE, resolveDir: import.meta.dirname },
      outfile: join(directory, "index.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      conditions: ["longhaul-source"],
      external: ["@aws-sdk/*"],
      logLevel: "error",
    }),
  ]);
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const [dynamodb, lambda] = [new DynamoDBClient(access), new LambdaClient(access)];
  await dynamodb.send(new CreateTableCommand(runTableRequest(tableName)));
  const config = (version?: string) => ({
    name: functionName,
    codeDirectory: directory,
    sdkFrom: import.meta.dirname,
    runtime: "nodejs24.x" as const,
    timeoutSeconds: 3,
    memoryMb: 256,
    roleArn: "arn:aws:iam::000000000000:role/counter",
    recursiveLoop: "Allow" as const,
    environment: {
      ...{ LONGHAUL_RUN_TABLE: tableName, LONGHAUL_RECURSIVE_LOOP: "Allow" },
      ...(version !== undefined && { VERSION: version }),
    },
  });
  await aws.lambda.createFunction(config());
  const store = dynamodbRunStore({ tableName, client: dynamodb });
  const driver = lambdaDriver({ client: lambda });
  return {
    aws,
    store,
    client: runClient<RecursiveHandler<Count, string>>({ store, driver, target: functionName }),
    tableName,
    functionName,
    redeploy: (version) => aws.lambda.updateFunction(config(version)),
    async stop() {
      for (const client of [dynamodb, lambda]) client.destroy();
      await aws.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
