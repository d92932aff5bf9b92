import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type InvocationContext, jsonLogObserver, type Observer, type RecursiveHandler } from "@longhaul/core";
import { lambdaDriver } from "@longhaul/core/lambda";
import { call, sdkSettings, settingsError, systemHost } from "@longhaul/core/parts";
import { placeOf, type ScalingReport, scaleByAlarms } from "./alarms/scale-by-alarms.ts";
import type { FleetSettings, QueueSettings } from "./fleet-settings.ts";
import { errorFields, log, metric } from "./log.ts";
import { type LoopQueue, loopHandler } from "./loop/loop-handler.ts";
import type { LoopCounts } from "./loop/poll-loop.ts";
import type { Processor, Processors } from "./processor.ts";
import { sqsQueue, sqsQueueDepth } from "./queues/sqs-queue.ts";
import type { FleetParts, FleetReport, LoopStarter } from "./size/reconcile-fleet.ts";
import { type RestartReport, restartLoops } from "./size/restart-loops.ts";
import { startOrStop } from "./start-stop.ts";
import { dynamodbTokenTable } from "./tokens/dynamodb-token-table.ts";
import type { LoopEvent } from "./tokens/token-row.ts";
import { tokenRunStore } from "./tokens/token-run-store.ts";

/** Options of {@link pollingFleet}. */
export interface PollingFleetOptions extends FleetSettings {
  /** The processors, by the names that the queues' settings use. */
  readonly processors: Processors;
  /** Watchers of the loops. Default: one that logs JSON. */
  readonly observers?: readonly Observer[];
  /** SDK clients. Default: clients for the function's own region and account. */
  readonly clients?: {
    readonly sqs?: SQSClient;
    readonly dynamodb?: DynamoDBClient;
    readonly lambda?: LambdaClient;
  };
}

/** Handler of a function beside the loops. */
export type FleetHandler<Result> = (event: unknown, context: InvocationContext) => Promise<Result>;

/** The handlers of a fleet: one Lambda function for each. */
export interface PollingFleet {
  /** Runs a loop: polls its queue, processes, and continues in the next invocation while the loop has its token. */
  readonly loop: RecursiveHandler<LoopEvent, LoopCounts>;
  /** Starts the loops of all queues, or as asked: `{ queueUrl?, loops? }`. Default: as many as before, at least the minimum. */
  readonly start: FleetHandler<readonly FleetReport[]>;
  /** Lets the loops of all queues, or of `{ queueUrl }`, finish their messages and end. Alarms start none until `start`. */
  readonly stop: FleetHandler<readonly FleetReport[]>;
  /** Adds loops when an alarm on a queue's depth begins. Takes alarms from SNS, CloudWatch and EventBridge. */
  readonly scaleUp: FleetHandler<readonly ScalingReport[]>;
  /** Ends the loops that an alarm added when it is over. */
  readonly scaleDown: FleetHandler<readonly ScalingReport[]>;
  /** On a schedule: replaces dead loops and corrects the number of loops. */
  readonly restart: FleetHandler<RestartReport | { readonly status: "killed" }>;
}

/** Time kept back so that an invocation can say what failed before Lambda ends it, in milliseconds. */
const MARGIN_MS = 2_000;

/**
 * Makes the handlers of a fleet of loops that poll SQS queues. The README shows the functions, the table and the
 * permissions they need; the construct `LoopFleet` of `@longhaul/cdk` makes all of them.
 *
 * @throws ConfigError if a queue names no processor that exists.
 * @example
 * ```ts
 * export const { loop, start, stop, scaleUp, scaleDown, restart } = pollingFleet({
 *   processors,
 *   ...fleetSettings(process.env),
 * });
 * ```
 */
export function pollingFleet(options: PollingFleetOptions): PollingFleet {
  const { queues, clients = {}, observers = [jsonLogObserver()] } = options;
  const { tokenTable, waitSeconds, heartbeatMs, reserveMs } = options;
  const sqs = clients.sqs ?? new SQSClient(sdkSettings());
  const dynamodb = clients.dynamodb ?? new DynamoDBClient(sdkSettings());
  const lambda = clients.lambda ?? new LambdaClient(sdkSettings());
  const loopQueues = new Map(
    queues.map((queue, at) => [queue.queueUrl, loopQueueOf(sqs, options.processors, queue, at)]),
  );

  const partsFor = (context: InvocationContext): FleetParts => {
    const budgetMs = budgetOf(context);
    const table = dynamodbTokenTable(dynamodb, tokenTable, { budgetMs });
    return { table, starter: starterBy(lambda, options.loopFunction, budgetMs), now: Date.now, newId: randomUUID };
  };

  const scale =
    (direction: "up" | "down"): FleetHandler<readonly ScalingReport[]> =>
    (event, context) =>
      scaleByAlarms(event, direction, {
        here: placeOf(context.invokedFunctionArn),
        queues,
        parts: partsFor(context),
        onReport: (report) => log("INFO", `scale-${direction}`, report),
        onRefused: (error, path) => log("ERROR", `scale-${direction} refused`, { path, ...errorFields(error) }),
      });

  return {
    loop: loopHandler({
      // recursive() makes each call again itself.
      store: tokenRunStore(dynamodbTokenTable(dynamodb, tokenTable, { attempts: 1 })),
      driver: lambdaDriver(),
      host: systemHost,
      observers,
      queueOf: (queueUrl) => loopQueues.get(queueUrl),
      waitSeconds,
      heartbeatMs,
      reserveMs,
      onTrouble: (error, what, messageId) => log("WARN", "trouble", { what, messageId, ...errorFields(error) }),
      onQueueMissing: (error) => log("ERROR", "loop ends", errorFields(error)),
    }),
    start: (event, context) => startOrStop("start", event, queues, partsFor(context)),
    stop: (event, context) => startOrStop("stop", event, queues, partsFor(context)),
    scaleUp: scale("up"),
    scaleDown: scale("down"),
    async restart(_event, context) {
      if (systemHost.env("LONGHAUL_KILL_SWITCH") === "on") return { status: "killed" };
      // SQS must not use up the time in which loops are restarted.
      const depthsUntilMs = Date.now() + budgetOf(context)() / 4;
      const report = await restartLoops(partsFor(context), {
        staleAfterMs: staleAfterMs(heartbeatMs),
        idleAfterMs: options.idleAfterMs,
        depthOf: (queueUrl) => sqsQueueDepth(sqs, queueUrl, () => depthsUntilMs - Date.now()),
        queues,
        onError: (error, queueUrl) => log("WARN", "restart failed", { queueUrl, ...errorFields(error) }),
      });
      log("INFO", "restart", report);
      for (const queueUrl of report.missingQueues) {
        log("ERROR", "queue missing", { queueUrl });
        metric("QueueMissing", 1, { queue: queueUrl.slice(queueUrl.lastIndexOf("/") + 1) });
      }
      return report;
    },
  };
}

function loopQueueOf(sqs: SQSClient, processors: Processors, settings: QueueSettings, at: number): LoopQueue {
  const { queueUrl, batchSize: capacity, messageTimeoutMs: timeoutMs } = settings;
  const processor = processorOf(processors, settings.processor, at);
  const process: LoopQueue["process"] = (message, { signal }) => processor(message, { queueUrl, timeoutMs, signal });
  return { ...settings, capacity, process, queue: sqsQueue(sqs, queueUrl) };
}

function processorOf(processors: Processors, name: string | undefined, at: number): Processor {
  const names = Object.keys(processors);
  const chosen = name ?? (names.length === 1 ? names[0] : undefined);
  const processor = chosen !== undefined && Object.hasOwn(processors, chosen) ? processors[chosen] : undefined;
  if (processor) return processor;
  throw settingsError([
    {
      setting: `The environment variable QUEUES[${at}].processor`,
      value: name,
      rule: `must be one of the processors (${names.join(", ") || "there are none"})`,
    },
  ]);
}

/** The time that an invocation has for its calls, in milliseconds. */
function budgetOf(context: InvocationContext): () => number {
  return () => context.getRemainingTimeInMillis() - MARGIN_MS;
}

/** Starts loops by asynchronous invocations of the function that runs them. */
function starterBy(client: LambdaClient, target: string | undefined, budgetMs: () => number): LoopStarter | undefined {
  if (target === undefined) return undefined;
  return {
    target,
    async start(event) {
      const Payload = JSON.stringify(event);
      const command = new InvokeCommand({ FunctionName: target, InvocationType: "Event", Payload });
      const options = { name: "Lambda Invoke", kind: "control", budgetMs } as const;
      try {
        await call((abortSignal) => client.send(command, { abortSignal }), options);
        return true;
      } catch (error) {
        log("WARN", "start failed", { token: event.token, ...errorFields(error) });
        return false;
      }
    },
  };
}

/** Silence after which a loop has lost its lease: three heartbeats, and the second by which clocks may differ. */
export function staleAfterMs(heartbeatMs: number): number {
  return 3 * heartbeatMs + 1_000;
}
