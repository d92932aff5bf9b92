import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  GetQueueAttributesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { RunEvent, RunStore } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { uploadNewsOf } from "@longhaul/core/news";
import type { RunRecord } from "@longhaul/core/store";
import {
  type CallFaultPlan,
  type EventSourceFaults,
  type LambdaFaults,
  type LocalAws,
  outsideCredentials,
  startLocalAws,
} from "@longhaul/local";
import { byPolicies, functionIdsOf, isNamed, permissionsOf, type RunWatch, watchRuns } from "@longhaul/local/testing";
import { inject } from "vitest";
import { type DeadLetters, deadLetters } from "./dead-letters.ts";

type Changeable<Faults> = { -readonly [Name in keyof Faults]: Faults[Name] };

/** Settings of the app. */
export interface FileCloudOptions {
  /** How runs continue; `lambda` comes with raw delivery, `sqs` with SNS's envelope. Default: `sqs`. */
  readonly continueBy?: "sqs" | "lambda";
  /** Time limit of a hop, in seconds. Default: 5. */
  readonly timeoutSeconds?: number;
  /** How long the queue hides a message whose invocation was killed, in seconds; deployed, it is six times the timeout. */
  readonly visibilitySeconds?: number;
  /** Most messages an invocation is given. Default: as in the stack. */
  readonly messagesPerInvocation?: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** The app's stack, deployed to an embedded AWS, with all a test looks at. */
export interface FileCloud extends RunWatch<RunEvent>, DeadLetters {
  readonly aws: LocalAws;
  readonly bucket: string;
  readonly functionName: string;
  readonly runs: RunStore;
  /** Faults of the embedded Lambda, of calls to all services, and of the queue; set them at any time, and `calm()` ends them. */
  readonly faults: Changeable<LambdaFaults> & { calls?: CallFaultPlan };
  readonly queueFaults: Changeable<EventSourceFaults>;
  calm(): void;
  /** Lines of the functions' logs. */
  readonly log: readonly string[];
  /** Keys for which S3 was asked, with the operation, as in `GetObject in/a`. */
  readonly requests: readonly string[];
  put(key: string, body: string | Uint8Array, more?: { readonly ContentType?: string }): Promise<void>;
  /** Sends a message straight to the queue. */
  send(body: string): Promise<void>;
  /** Makes the bucket tell EventBridge of uploads too, and EventBridge the queue. */
  tellEventBridge(): Promise<void>;
  /** The records of the runs of a key, oldest first. */
  runsOf(key: string): Promise<readonly RunRecord[]>;
  /** The records of a run in the table, by number. */
  recordsOf(run: string): Promise<readonly unknown[]>;
  /** Resolves when all news has arrived, and the queue holds no message at all. */
  queueEmpty(patienceMs?: number): Promise<void>;
  /** Actions that the function's role permits, and that nothing has used so far; not those of the failures queue. */
  sparePermissions(): readonly string[];
  /** Files in the `/tmp` of all containers, or in that of the container with this pid. */
  tmpFiles(pid?: number): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 240_000;

/** Starts an embedded AWS and deploys the stack. */
export async function startFileCloud(options: FileCloudOptions): Promise<FileCloud> {
  const { continueBy = "sqs", timeoutSeconds = 5, visibilitySeconds = 6 * timeoutSeconds, environment } = options;
  const faults: FileCloud["faults"] = {};
  const queueFaults: FileCloud["queueFaults"] = {};
  const log: string[] = [];
  const requests: string[] = [];
  const directory = await mkdtemp(join(tmpdir(), "longhaul-sqs-file-aws-"));
  const aws: LocalAws = await startLocalAws({
    directory,
    authorize: byPolicies(() => aws),
    // The sweeper looks every second.
    scheduleScale: 60,
    callFaults: (call) => faults.calls?.(call),
    s3: {
      denied(operation, _, key) {
        requests.push(`${operation} ${key}`);
        return false;
      },
    },
    lambda: {
      timeScale: 1 / 2000,
      // On a busy machine more processes side by side would only time out, and each that is killed costs a cold start.
      maxSandboxes: 10,
      faults: {
        deliveries: (event) => faults.deliveries?.(event) ?? [0],
        killAfterMs: (run) => faults.killAfterMs?.(run),
        cold: (run) => faults.cold?.(run) ?? false,
      },
    },
    eventSources: { faults: { duplicate: (message) => queueFaults.duplicate?.(message) ?? false } },
  });
  aws.lambda.on("log", ({ message }) => void log.push(message));
  const tmpDirectories = new Map<number, string>();
  aws.lambda.on("sandbox.start", ({ pid, tmpDirectory }) => void tmpDirectories.set(pid, tmpDirectory));
  let functionName: string | undefined;
  const watch = watchRuns<RunEvent>(aws.lambda, (name) => functionName === undefined || name === functionName);
  const assembly = inject("assemblies")[continueBy];
  const { worker, sweeper } = await functionIdsOf(assembly, "Loader");
  const { outputs } = await aws.deploy(assembly, {
    functionOverrides: {
      [worker]: { environment, timeoutSeconds },
      [sweeper]: { environment: { LONGHAUL_RESUME_AFTER_MS: "500" } },
    },
  });
  const named = (name: string) => outputs[name] ?? "";
  functionName = named("FunctionName");
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const s3 = new S3Client(access);
  const sqs = new SQSClient(access);
  const dynamodb = new DynamoDBClient(access);
  const runs = dynamodbRunStore({ tableName: named("RunTableName"), client: dynamodb });
  const QueueUrl = named("QueueUrl");
  const Bucket = named("BucketName");
  const Attributes = { VisibilityTimeout: String(visibilitySeconds) };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  const [mapping] = aws.eventSources.list();
  if (mapping && options.messagesPerInvocation !== undefined) {
    aws.eventSources.update(mapping.uuid, { batchSize: options.messagesPerInvocation });
  }

  /** Facts for a person who finds that the queue is not empty. */
  const whatIsHeld = async (counts: object) => {
    const nowMs = Date.now();
    const records: string[] = [];
    for await (const { run, phase, hop, attempt, failures, leaseUntilMs, heartbeatAtMs } of runs.list()) {
      const times = `lease ${leaseUntilMs - nowMs} ms, heartbeat ${heartbeatAtMs - nowMs} ms`;
      records.push(`${run}: ${phase}, hop ${hop}, attempt ${attempt}, ${failures} failed, ${times}`);
    }
    const said = log.filter((line) => !/"swept"/.test(line)).slice(-40);
    return [`The queue still holds messages: ${JSON.stringify(counts)}`, ...records, ...said].join("\n");
  };

  return {
    ...watch,
    ...deadLetters(aws.sqs, named("DeadLettersUrl")),
    aws,
    bucket: Bucket,
    functionName,
    runs,
    faults,
    queueFaults,
    calm() {
      for (const name of ["deliveries", "killAfterMs", "cold", "calls"] as const) delete faults[name];
      delete queueFaults.duplicate;
    },
    log,
    requests,
    async put(Key, body, more) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(body), ...more }));
    },
    async send(MessageBody) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    async tellEventBridge() {
      const { TopicConfigurations } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
      const NotificationConfiguration = { TopicConfigurations, EventBridgeConfiguration: {} };
      await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
      const names = { QueueUrl, AttributeNames: ["QueueArn" as const] };
      const { Attributes: { QueueArn = "" } = {} } = await sqs.send(new GetQueueAttributesCommand(names));
      const arn = aws.events.arn.replace(":event-bus/default", ":rule/uploads");
      const pattern = { source: ["aws.s3"], "detail-type": ["Object Created"] };
      aws.events.putRule({ arn, pattern, isEnabled: true, targets: [{ arn: QueueArn }] });
    },
    async runsOf(key) {
      const found: RunRecord[] = [];
      for await (const record of runs.list()) {
        if (keyOf(record.event) === key) found.push(record);
      }
      return found.sort((a, b) => a.startedAtMs - b.startedAtMs);
    },
    async recordsOf(run) {
      const records: unknown[] = [];
      const query = {
        TableName: named("RecordsTableName"),
        KeyConditionExpression: "#f = :f",
        ExpressionAttributeNames: { "#f": "file" },
        ExpressionAttributeValues: { ":f": { S: run } },
      };
      for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query)) {
        records.push(...Items.map(({ data }) => JSON.parse(data?.S ?? "null")));
      }
      return records;
    },
    async queueEmpty(patienceMs = PATIENCE_MS) {
      await aws.s3.settled();
      await aws.sns.settled();
      const queue = aws.sqs.queues.get(QueueUrl.slice(QueueUrl.lastIndexOf("/") + 1));
      const untilMs = Date.now() + patienceMs;
      for (;;) {
        const { visible, inFlight, delayed } = queue.messages.counts(Date.now());
        // A message goes when its run has answered; what the function has printed is read a little later.
        if (visible + inFlight + delayed === 0) return aws.lambda.idle();
        if (Date.now() > untilMs) throw new Error(await whatIsHeld({ visible, inFlight, delayed }));
        await delay(20);
      }
    },
    sparePermissions() {
      const { roleArn } = aws.lambda.getFunction(named("FunctionName"));
      const used = aws.calls.list().filter((call) => call.roleArn === roleArn);
      // Lambda itself sends into it what failed permanently: under the function's role, but on a busy machine alone.
      const { arn: failures } = aws.sqs.queues.get(named("FailuresQueueUrl").replace(/^.*\//, ""));
      return permissionsOf(aws, roleArn)
        .filter(
          ({ action, resource }) =>
            resource !== failures &&
            !used.some((call) => isNamed(action, call.action) && isNamed(resource, call.resourceArn)),
        )
        .map(({ action }) => action);
    },
    async tmpFiles(pid) {
      // Of an instance that is over there is nothing to be found.
      const filesIn = (tmp: string) => readdir(tmp, { recursive: true, withFileTypes: true }).catch(() => []);
      const looked = [...tmpDirectories].flatMap(([of, tmp]) => (pid === undefined || pid === of ? [tmp] : []));
      const entries = await Promise.all(looked.map(filesIn));
      return entries.flat().flatMap((entry) => (entry.isFile() ? [entry.name] : []));
    },
    async stop() {
      for (const client of [s3, sqs, dynamodb]) client.destroy();
      await aws.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The key of the file that a run's event names. */
function keyOf(event: string): string | undefined {
  const { Records } = JSON.parse(event) as { readonly Records: readonly { readonly body: string }[] };
  const [news] = uploadNewsOf(Records[0]?.body);
  return news?.kind === "upload" ? news.object.key : undefined;
}
