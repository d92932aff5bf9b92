import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
  type CallFaultPlan,
  type FunctionOverride,
  type LambdaFaults,
  type LocalAws,
  outsideCredentials,
  startLocalAws,
} from "@longhaul/local";
import { byPolicies, watchRuns } from "@longhaul/local/testing";
import { inject } from "vitest";
import { dynamodbTokenTable } from "../src/tokens/dynamodb-token-table.ts";
import { isRunning, type TokenRow } from "../src/tokens/token-row.ts";
import type { TokenTable } from "../src/tokens/token-table.ts";

/** A line of a function's log. */
export interface LoggedLine {
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly [field: string]: unknown;
}

/** The app's stack with two queues, deployed to an embedded AWS, with all a test looks at. */
export interface LoopCloud {
  readonly aws: LocalAws;
  readonly outputs: Readonly<Record<string, string>>;
  readonly orders: string;
  readonly mails: string;
  readonly table: TokenTable;
  readonly faults: { -readonly [Name in keyof LambdaFaults]: LambdaFaults[Name] } & {
    /** Which calls of functions fail, and how. */
    calls?: CallFaultPlan;
  };
  readonly log: readonly LoggedLine[];
  /** Tokens of a queue whose loops should run. */
  tokens(queueUrl: string): Promise<TokenRow[]>;
  /** Sends messages; answers with their ids. */
  send(queueUrl: string, bodies: readonly object[]): Promise<string[]>;
  /** Invokes a function by the name of its output, and waits for its answer. */
  call(output: string, event?: object): Promise<unknown>;
  deleteToken(row: TokenRow): Promise<void>;
  /** Ids of messages that were processed, each as often as it was. */
  processed(): string[];
  /** Pid of the process that runs the last hop of a loop, once one does. */
  pidOf(loopId: string): Promise<number>;
  /** Messages of a queue: waiting, hidden or delayed. */
  depth(queueUrl: string): number;
  /** Messages of a queue that are being worked on. */
  inFlight(queueUrl: string): number;
  /** Waits until something holds, by default for 25 s. */
  until(what: string, holds: () => boolean | Promise<boolean>, patienceMs?: number): Promise<void>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 240_000;

/**
 * Starts an embedded AWS, in which a minute of schedules and alarms passes in a second, and deploys the stack.
 *
 * @param change - to all functions. By default a hop lasts 5 s.
 */
export async function startLoopCloud(change: FunctionOverride = {}): Promise<LoopCloud> {
  const faults: LoopCloud["faults"] = {};
  const byPolicy = byPolicies(() => aws);
  const directory = await mkdtemp(join(tmpdir(), "longhaul-loops-aws-"));
  const problems: string[] = [];
  const aws: LocalAws = await startLocalAws({
    directory,
    authorize: byPolicy,
    callFaults: (call) => faults.calls?.(call),
    scheduleScale: 60,
    onProblem: (error, source) => void problems.push(`${source}: ${String(error)}`),
    lambda: {
      timeScale: 1 / 2000,
      faults: {
        deliveries: (event) => faults.deliveries?.(event) ?? [0],
        killAfterMs: (run) => faults.killAfterMs?.(run),
        throttle: (request) => faults.throttle?.(request) ?? false,
      },
    },
  });
  const log: LoggedLine[] = [];
  aws.lambda.on("log", ({ functionName, requestId, message }) => {
    log.push({ ...parsed(message), functionName, requestId });
  });
  const watch = watchRuns(aws.lambda, () => true);
  const { outputs } = await aws.deploy(inject("assembly"), { functionOverrides: { "*": change } });
  const named = (name: string) => outputs[name] ?? "";
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const sqs = new SQSClient(access);
  const dynamodb = new DynamoDBClient(access);
  const lambda = new LambdaClient(access);
  const table = dynamodbTokenTable(dynamodb, named("TokenTableName"));

  const countsOf = (queueUrl: string) =>
    aws.sqs.queues.get(queueUrl.slice(queueUrl.lastIndexOf("/") + 1)).messages.counts(Date.now());

  async function until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = PATIENCE_MS): Promise<void> {
    const untilMs = Date.now() + patienceMs;
    while (!(await holds())) {
      if (Date.now() > untilMs) {
        const last = log.slice(-6).map((line) => JSON.stringify(line));
        throw new Error(`Not within ${patienceMs} ms: ${what}\n${[...problems.slice(-3), ...last].join("\n")}`);
      }
      await delay(20);
    }
  }

  return {
    aws,
    outputs,
    orders: named("OrdersQueueUrl"),
    mails: named("MailsQueueUrl"),
    table,
    faults,
    log,
    async tokens(queueUrl) {
      return (await table.ofQueue(queueUrl)).tokens.filter(isRunning);
    },
    async send(QueueUrl, bodies) {
      const ids: string[] = [];
      for (let at = 0; at < bodies.length; at += 10) {
        const Entries = bodies
          .slice(at, at + 10)
          .map((body, i) => ({ Id: String(i), MessageBody: JSON.stringify(body) }));
        const { Successful = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
        ids.push(...Successful.map(({ MessageId = "" }) => MessageId));
      }
      return ids;
    },
    async call(output, event = {}) {
      const command = new InvokeCommand({ FunctionName: named(output), Payload: JSON.stringify(event) });
      const { Payload, FunctionError } = await lambda.send(command);
      const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || "null");
      if (FunctionError) throw new Error(JSON.stringify(answer));
      return answer;
    },
    async deleteToken({ queueUrl, token }) {
      const Key = { queue_url: { S: queueUrl }, token: { S: token } };
      await dynamodb.send(new DeleteItemCommand({ TableName: named("TokenTableName"), Key }));
    },
    processed: () => log.flatMap(({ message, messageId }) => (message === "processed" ? [String(messageId)] : [])),
    async pidOf(loopId) {
      const begun = () =>
        watch.events.findLast(({ type, run }) => type === "hop.start" && run.split("#").at(-1) === loopId);
      const isRunning = () => {
        const requestId = begun()?.requestId;
        return watch.invocations.some((each) => each.requestId === requestId && each.status === "running");
      };
      await until(`a process runs loop ${loopId}`, isRunning);
      return watch.pidOf({ requestId: begun()?.requestId });
    },
    inFlight: (queueUrl) => countsOf(queueUrl).inFlight,
    depth(queueUrl) {
      const { visible, inFlight, delayed } = countsOf(queueUrl);
      return visible + inFlight + delayed;
    },
    until,
    async stop() {
      for (const client of [sqs, dynamodb, lambda]) client.destroy();
      await aws.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function parsed(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : { line };
  } catch {
    return { line };
  }
}
