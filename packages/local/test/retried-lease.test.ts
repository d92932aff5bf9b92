import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import type { RunRecord } from "@longhaul/core/store";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { outsideCredentials, startLocalAws } from "../src/index.ts";
import { createRunTable, tableName } from "./run-table.ts";

/** Saves its state and then works without an end, or crashes, in its first process; is done at once in any other. */
const SOURCE = `
  import { recursive } from "@longhaul/core";
  import { dynamodbRunStore } from "@longhaul/core/dynamodb";
  export const handler = recursive({
    store: dynamodbRunStore({ tableName: "${tableName}" }),
    ...(process.env.HEARTBEAT_MS && { lease: { heartbeatMs: Number(process.env.HEARTBEAT_MS) } }),
    runId: () => "killed",
    time: { checkpointEveryMs: 1, ...(process.env.HEARTBEAT_MS && { stepTimeoutMs: 60_000 }) },
    start: () => ({ firstProcess: process.pid }),
    async *run({ firstProcess }, { event }) {
      await new Promise((done) => setTimeout(done, 10));
      yield { firstProcess }; // and it is saved
      while (firstProcess === process.pid) if (event.crashes) process.kill(process.pid, "SIGKILL");
      return "done";
    },
  });`;

interface Killed {
  /** Ends of the invocations, in order. */
  readonly ends: readonly string[];
  readonly record: RunRecord | undefined;
  /** From the first invocation's end to the end of all, in milliseconds. */
  readonly tookMs: number;
}

/** Deploys the function, begins its run, and waits until Lambda has nothing left to do. */
async function killed(options: {
  readonly event: object;
  readonly timeoutSeconds: number;
  readonly timeScale: number;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Killed> {
  const { event, timeoutSeconds, timeScale, environment = {} } = options;
  const directory = await mkdtemp(join(tmpdir(), "longhaul-retried-"));
  const aws = await startLocalAws({ lambda: { timeScale } });
  const client = new DynamoDBClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
  await createRunTable(client);
  await build({
    stdin: { contents: SOURCE, resolveDir: import.meta.dirname },
    outfile: join(directory, "index.mjs"),
    ...{ bundle: true, platform: "node", target: "node24", format: "esm", conditions: ["longhaul-source"] },
    external: ["@aws-sdk/*", "@smithy/*"],
  });
  const ends: string[] = [];
  let firstEndMs = 0;
  aws.lambda.on("invoke.end", ({ status }) => {
    firstEndMs ||= performance.now();
    ends.push(status);
  });
  await aws.lambda.createFunction({
    ...{ name: "work", codeDirectory: directory, runtime: "nodejs24.x", roleArn: "arn:aws:iam::000000000000:role/r" },
    ...{ timeoutSeconds, memoryMb: 512, environment },
  });
  await aws.lambda.invoke({ functionName: "work", invocationType: "Event", payload: JSON.stringify(event) });
  await aws.lambda.idle();
  const tookMs = performance.now() - firstEndMs;
  const record = await dynamodbRunStore({ tableName, client }).get("killed");
  client.destroy();
  await aws.stop();
  await rm(directory, { recursive: true });
  return { ends, record, tookMs };
}

describe("where lambda.timeScale cuts the waits of Lambda short", () => {
  it.each([
    ["killed at its time limit", false, "timeout"],
    ["that crashed before it", true, "exit"],
  ])("the retry of an invocation %s takes its run over, without a sweeper", async (_, crashes, status) => {
    const { ends, record } = await killed({ event: { crashes }, timeoutSeconds: 2, timeScale: 1 / 2000 });
    // Two seconds are little on a busy machine: the first retry may fail, and then there is a second one.
    expect([ends.at(0), ends.at(-1)]).toEqual([status, "ok"]);
    expect(record).toMatchObject({ phase: "done", hop: 0 });
  });
});

describe("a process that is killed early, with a time limit of 15 minutes", () => {
  const early = { event: { crashes: true }, timeoutSeconds: 900, timeScale: 1 / 20 };

  it("is followed by Lambda's first retry, if heartbeats keep its lease", async () => {
    // The lease is 0.6 s, and the skew 1 s; the retry comes after a minute, which is 3 s here.
    const { ends, record, tookMs } = await killed({ ...early, environment: { HEARTBEAT_MS: "200" } });
    expect(ends).toEqual(["exit", "ok"]);
    expect(record).toMatchObject({ phase: "done", hop: 0, attempt: 2, epoch: 2 });
    expect(tookMs).toBeLessThan(45_000);
  });

  it("keeps its run otherwise: the retry finds the lease live", async () => {
    const { record } = await killed({ ...early, timeScale: 1 / 2_000 });
    expect(record).toMatchObject({ phase: "running", attempt: 1 });
  });
});
