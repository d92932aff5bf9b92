import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type LocalAws, type LocalAwsOptions, startLocalAws } from "../local-aws.ts";
import { type RolePermissions, recordPermissions } from "../testing/permission-record.ts";
import { runEventOf } from "../testing/run-event.ts";
import type { AppConfig } from "./app-config.ts";
import { type AppObjects, appObjects } from "./app-objects.ts";
import { type AppRuns, appRuns } from "./app-runs.ts";
import { AppStackError } from "./app-stack-error.ts";
import { atRest } from "./at-rest.ts";
import { findConfigFile } from "./config-file.ts";
import { type DeployAppOptions, type DeployedApp, deployApp } from "./deploy-app.ts";
import { type DynamoDbItem, itemAsJson } from "./plain-item.ts";

/** How {@link startApp} starts an app. */
export interface StartAppOptions extends Omit<DeployAppOptions, "functionOutput"> {
  /** Name of the stack output that names the function that runs. Default: `functionOutput` of `longhaul.config.ts`. */
  readonly functionOutput?: string;
  /**
   * How the embedded AWS is started. Default: Lambda waits a sixtieth of the time between the tries of a failed event, and
   * functions may do what the policies of their roles permit, and nothing else.
   */
  readonly aws?: LocalAwsOptions;
}

/** An app that runs on an embedded AWS of its own. */
export interface RunningApp extends AppObjects, Omit<DeployedApp, "printed">, AsyncDisposable {
  readonly aws: LocalAws;
  /** The runs of the app's function, from their records. */
  readonly runs: AppRuns;
  /** The lines that functions printed so far, without the events of runs. */
  readonly printed: readonly string[];
  /**
   * Invokes the function that starts runs and answers with its answer. Default event: what `startEvent` of
   * `longhaul.config.ts` makes.
   *
   * @throws {@link AppStackError} if the function fails.
   */
  start(event?: object): Promise<unknown>;
  /**
   * Sends a message to a queue; an object becomes JSON. Answers with the message's id.
   *
   * @param choice - `queue`: name of the output that holds the queue's URL. Default: `inputQueueOutput` of
   * `longhaul.config.ts`.
   */
  send(body: string | object, choice?: { readonly queue?: string }): string;
  /** Settles when a queue is empty: nothing waits in it, and no message is being worked on. Default queue: as of `send`. */
  emptied(choice?: { readonly queue?: string }): Promise<void>;
  /** The items of a table, named by a stack output, as plain objects. Numbers are doubles, sets are lists. */
  items(tableOutput: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * The roles of the app's stacks, with what was made of their permissions so far. Nothing is known with `aws.authorize`
   * of your own.
   */
  permissions(): readonly RolePermissions[];
  /** Settles when no event is under way and no function is at work. */
  settled(): Promise<void>;
  /** Ends the app and its embedded AWS. Idempotent. */
  close(): Promise<void>;
}

/**
 * Synthesizes the stack of a folder, and deploys it to an embedded AWS of its own: what the test of an app begins with.
 *
 * @example
 * ```ts
 * await using app = await startApp({ timeoutSeconds: 2 });
 * await app.put("in/cities.ndjson", lines);
 * const run = await app.runs.wait();
 * expect(run).toMatchObject({ status: "done" });
 * expect(await app.text("out/cities.ndjson.ndjson")).toBe(lines);
 * ```
 *
 * @throws {@link AppStackError} if the folder does not say how to deploy it. `SynthesisError` if its CDK program fails.
 */
export async function startApp(options: StartAppOptions = {}): Promise<RunningApp> {
  const directory = resolve(options.directory ?? ".");
  const config = await configOf(directory);
  const functionOutput = options.functionOutput ?? config.functionOutput;
  if (functionOutput === undefined) {
    throw new AppStackError(
      `Which function runs? Give functionOutput, or name it in longhaul.config.ts of ${directory}.`,
    );
  }
  const permissions = recordPermissions(() => aws);
  const aws: LocalAws = await startLocalAws({
    authorize: permissions.authorize,
    ...options.aws,
    lambda: { timeScale: RETRY_TIME_SCALE, ...options.aws?.lambda },
  });
  try {
    const printed: string[] = [];
    aws.lambda.on("log", ({ isPrinted, message }) => {
      if (isPrinted && runEventOf(message) === undefined) printed.push(message);
    });
    const { printed: _, ...deployed } = await deployApp(aws, { ...options, directory, functionOutput });
    return { ...runningApp(aws, deployed, config, printed), permissions: permissions.review };
  } catch (error) {
    await aws.stop();
    throw error;
  }
}

/** Lambda tries a failed event again after one and two minutes; here after a second and two. */
const RETRY_TIME_SCALE = 1 / 60;

async function configOf(directory: string): Promise<Partial<AppConfig>> {
  const file = findConfigFile(directory);
  if (file === undefined) return {};
  const { default: config } = (await import(pathToFileURL(file).href)) as { default?: Partial<AppConfig> };
  return config ?? {};
}

function runningApp(
  aws: LocalAws,
  deployed: Omit<DeployedApp, "printed">,
  config: Partial<AppConfig>,
  printed: readonly string[],
): Omit<RunningApp, "permissions"> {
  const { outputs, functionName } = deployed;
  const outputOf = (output: string | undefined, what: string) => {
    if (output === undefined) throw new AppStackError(`Which ${what}? Name the output of the stack that holds it.`);
    const value = outputs[output];
    if (value !== undefined) return value;
    throw new AppStackError(`The stack has no output ${output}. It has ${Object.keys(outputs).join(", ") || "none"}.`);
  };
  const queueOf = (output = config.inputQueueOutput) => {
    const url = outputOf(output, "queue");
    return aws.sqs.queues.get(url.slice(url.lastIndexOf("/") + 1));
  };
  const close = () => aws.stop();
  return {
    ...deployed,
    ...appObjects(aws, outputs, config.inputBucketOutput),
    aws,
    printed,
    runs: appRuns(aws, functionName, printed),
    async start(event = config.startEvent?.(outputs) ?? {}) {
      const target = config.startFunctionOutput === undefined ? functionName : outputOf(config.startFunctionOutput, "");
      const answer = await aws.lambda.invoke({ functionName: target, payload: JSON.stringify(event) });
      if (answer.functionError !== undefined) throw new AppStackError(`${target} failed: ${answer.payload}`);
      return JSON.parse(answer.payload ?? "null");
    },
    send(body, { queue } = {}) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return aws.sqs.sendMessage(queueOf(queue).arn, text).messageId;
    },
    emptied: ({ queue } = {}) => queueOf(queue).messages.emptied(),
    async items(tableOutput) {
      const TableName = outputOf(tableOutput, "table");
      const items: Record<string, unknown>[] = [];
      let start: unknown;
      do {
        const input = { TableName, ConsistentRead: true, ...(start !== undefined && { ExclusiveStartKey: start }) };
        const page = (await aws.dynamodb.call("Scan", input as never)) as {
          Items?: DynamoDbItem[];
          LastEvaluatedKey?: unknown;
        };
        for (const item of page.Items ?? []) items.push(JSON.parse(itemAsJson(item)));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return items;
    },
    settled: () => atRest(aws),
    close,
    [Symbol.asyncDispose]: close,
  };
}
