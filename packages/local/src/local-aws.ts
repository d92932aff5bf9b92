import { randomBytes, randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createDeployer, type Deployer } from "./cloudformation/deployer.ts";
import { Roles } from "./cloudformation/roles.ts";
import { type CloudWatchService, createCloudWatch } from "./cloudwatch/cloudwatch.ts";
import { createDynamoDb, type DynamoDbService } from "./dynamodb/dynamodb.ts";
import { createEventSourceMappings, type EventSourceMappings } from "./event-sources/event-source-mappings.ts";
import { withEventSourceApi } from "./event-sources/http-api.ts";
import type { EventSourceFaults } from "./event-sources/queue-poller.ts";
import { createDeliver } from "./events/deliver.ts";
import { createEventBus, type EventBus } from "./events/event-bus.ts";
import { createEventsApi } from "./events/events-api.ts";
import type { CallFaultPlan } from "./gateway/call-faults.ts";
import type { CallRecord } from "./gateway/call-record.ts";
import { systemClock } from "./gateway/clock.ts";
import { createCredentialIssuer, outsideCredentials, type RoleCredentials } from "./gateway/credentials.ts";
import { type Authorizer, startGateway } from "./gateway/gateway.ts";
import { openScratchDirectory } from "./gateway/scratch-directory.ts";
import { createSts } from "./gateway/sts.ts";
import { createLambda, type LambdaOptions, type LambdaService } from "./lambda/lambda.ts";
import { createLogs } from "./logs/logs.ts";
import { createS3, type S3Options, type S3Service } from "./s3/s3.ts";
import { createScheduler, type SchedulerService } from "./scheduler/scheduler.ts";
import { createSchedulerApi } from "./scheduler/scheduler-api.ts";
import { createSns, type SnsService } from "./sns/sns.ts";
import { createSqs, type SqsService } from "./sqs/sqs.ts";

/** How the embedded AWS is started. Everything has a default. */
export interface LocalAwsOptions {
  /** Loopback address to listen on: `127.0.0.0/8`, `::1` or `localhost`. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Twelve digits. Default `000000000000`. */
  readonly accountId?: string;
  /**
   * Where a directory is made that holds objects, code and sandboxes while it runs. Default: the system's temporary one.
   * What embedded AWSs left there that were killed is removed at the next start.
   */
  readonly directory?: string;
  /** Consulted on every call before it takes effect; `false` refuses it with AccessDenied. Default: all is allowed. */
  readonly authorize?: Authorizer;
  /** Which calls fail, and how: throttled, or by a broken or silent connection. Default: none; see `seededCallFaults`. */
  readonly callFaults?: CallFaultPlan;
  /**
   * How much faster than real time schedules run, and periods of CloudWatch's metrics and alarms pass: at 60, a minute
   * lasts a second. As with `lambda.timeScale`, AWS waits less of its own accord; nothing that programs measure is scaled.
   * Default 1.
   */
  readonly scheduleScale?: number;
  /** Time in ms between deletions of expired DynamoDB items. Default 10,000. */
  readonly timeToLiveSweepMs?: number;
  /** Settings of the embedded Lambda: retry time scale, isolation, faults, concurrency, Node binaries. */
  readonly lambda?: Partial<
    Pick<
      LambdaOptions,
      | "timeScale"
      | "isolation"
      | "faults"
      | "nodeBinaries"
      | "maxConcurrency"
      | "maxSandboxes"
      | "idleSandboxMs"
      | "initTimeoutMs"
      | "runtimeClientPath"
    >
  >;
  /** Settings of the embedded S3: latency, refusals, and how strict it is. */
  readonly s3?: Partial<Pick<S3Options, "slow" | "denied" | "isStartAfterStrict">>;
  /** Trouble that queues make for the functions that are fed from them. */
  readonly eventSources?: { readonly faults?: EventSourceFaults };
  /**
   * Told of events that could not be delivered, and of failures inside the embedded AWS. `source` is a target ARN or a
   * service's name. Default: a process warning.
   */
  readonly onProblem?: (error: unknown, source: string) => void;
}

/**
 * An AWS of one process: S3, SQS, SNS, DynamoDB, Lambda, CloudWatch metrics and alarms, EventBridge rules,
 * EventBridge Scheduler and CloudFormation on loopback.
 */
export interface LocalAws {
  /** Endpoint of every service, e.g. `http://127.0.0.1:49152`. */
  readonly url: string;
  readonly region: string;
  readonly accountId: string;
  /** Where its files are until it stops: objects, code, function instances. */
  readonly directory: string;
  /** The environment with which SDK clients, the AWS command line and scripts reach it. */
  env(): Readonly<Record<string, string>>;
  /** Credentials that make a caller act as a role. */
  credentialsFor(roleArn: string): RoleCredentials;
  readonly s3: S3Service;
  readonly lambda: LambdaService;
  readonly sqs: SqsService;
  readonly sns: SnsService;
  readonly dynamodb: DynamoDbService;
  readonly events: EventBus;
  /** Schedules of EventBridge Scheduler, and their groups. */
  readonly scheduler: SchedulerService;
  /** Metrics of queues and functions, and alarms with their history. */
  readonly cloudwatch: CloudWatchService;
  /** Queues that functions are fed from. */
  readonly eventSources: EventSourceMappings;
  /** Roles of all deployed stacks, with what their policies say. */
  readonly roles: Roles;
  /** Which role used which permission on what, and how often. */
  readonly calls: CallRecord;
  /** Deploys the directory that `cdk synth` writes, a template's file, or the directory that `osls package` writes. */
  readonly deploy: Deployer["deploy"];
  /** Ends everything: connections, function processes, timers, files. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded AWS. It listens on loopback only and checks no signatures; nothing of it outlives the process.
 *
 * @example
 * ```ts
 * const aws = await startLocalAws();
 * await aws.deploy("cdk.out");
 * const s3 = new S3Client({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
 * await aws.stop();
 * ```
 * @throws {NotLoopbackError} if `host` is not a loopback address.
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { region = "us-east-1", accountId = "000000000000", onProblem = warn } = options;
  const issuer = createCredentialIssuer((bytes) => randomBytes(bytes).toString("hex"));
  const scratch = await openScratchDirectory(options.directory);
  const gateway = await startGateway({
    region,
    accountId,
    credentials: issuer,
    newRequestId: randomUUID,
    onError: onProblem,
    ...(options.host !== undefined && { host: options.host }),
    ...(options.port !== undefined && { port: options.port }),
    ...(options.authorize && { authorize: options.authorize }),
    ...(options.callFaults && { callFaults: options.callFaults }),
  }).catch(async (error: unknown) => {
    await scratch.remove();
    throw error;
  });

  const place = { region, accountId };
  const clock = systemClock;
  const common = { ...place, now: Date.now, randomUUID, onDeliveryError: onProblem };
  const deliver = createDeliver(accountId, () => services, gateway.authorize);
  const events = createEventBus({
    ...place,
    clock,
    newId: randomUUID,
    deliver,
    onDeliveryError: onProblem,
    ...(options.scheduleScale !== undefined && { scheduleScale: options.scheduleScale }),
  });
  const roles = new Roles();
  const scheduler = createScheduler({
    ...place,
    clock,
    newId: randomUUID,
    deliver,
    roles,
    onDeliveryError: onProblem,
    ...(options.scheduleScale !== undefined && { scheduleScale: options.scheduleScale }),
  });
  const sqs = createSqs({ ...place, clock, newId: randomUUID, baseUrl: gateway.url });
  const lambda = createLambda({
    ...common,
    ...options.lambda,
    deliver,
    directory: join(scratch.path, "lambda"),
    endpointUrl: () => gateway.url,
    credentialsFor: issuer.credentialsFor,
  });
  const cloudwatch = createCloudWatch({
    ...place,
    clock,
    newId: randomUUID,
    deliver,
    queues: sqs.queues,
    functions: lambda,
    eventBusArn: events.arn,
    onDeliveryError: onProblem,
    ...(options.scheduleScale !== undefined && { scale: options.scheduleScale }),
  });
  const services = {
    events,
    scheduler,
    cloudwatch,
    roles,
    sqs,
    lambda,
    sns: createSns({ ...place, clock, newId: randomUUID, baseUrl: gateway.url, deliver, onDeliveryError: onProblem }),
    s3: createS3({
      ...common,
      ...options.s3,
      deliver,
      mayInvoke: (functionArn, sourceArn) => mayInvoke(lambda, functionArn, { sourceArn, sourceAccount: accountId }),
      directory: scratch.path,
    }),
    dynamodb: createDynamoDb({
      ...place,
      clock,
      ...(options.timeToLiveSweepMs !== undefined && { timeToLiveSweepMs: options.timeToLiveSweepMs }),
    }),
    eventSources: createEventSourceMappings({
      ...place,
      clock,
      randomUUID,
      sqs,
      lambda,
      authorize: gateway.authorize,
      onProblem,
      maxBatches: options.lambda?.maxSandboxes ?? batchesOfThisMachine(),
      ...options.eventSources,
    }),
  };
  for (const name of ["s3", "sqs", "sns", "dynamodb"] as const) gateway.serve(name, services[name]);
  // The name requests to CloudWatch are signed with.
  gateway.serve("monitoring", cloudwatch);
  gateway.serve("logs", createLogs({ ...place, clock, functions: lambda }));
  gateway.serve("events", createEventsApi({ ...place, events, clock, newId: randomUUID, onDeliveryError: onProblem }));
  gateway.serve("scheduler", createSchedulerApi({ ...place, scheduler }));
  gateway.serve("lambda", withEventSourceApi(services.lambda, services.eventSources));
  gateway.serve("sts", createSts(accountId));
  services.lambda.on("delivery.failed", ({ error, targetArn }) => onProblem(error, targetArn));

  let stopping: Promise<void> | undefined;
  return {
    ...services,
    ...place,
    url: gateway.url,
    directory: scratch.path,
    calls: gateway.calls,
    credentialsFor: issuer.credentialsFor,
    deploy: createDeployer({ ...place, services, scratch: join(scratch.path, "deployed") }).deploy,
    env: () => clientEnvironment(gateway.url, region),
    stop() {
      stopping ??= (async () => {
        events.stop();
        scheduler.stop();
        try {
          await gateway.stop();
        } finally {
          await scratch.remove();
        }
      })();
      return stopping;
    },
  };
}

/** Whether S3 may invoke a function, which it may not where there is none. */
function mayInvoke(
  lambda: LambdaService,
  functionArn: string,
  caller: { readonly sourceArn: string; readonly sourceAccount: string },
): boolean {
  try {
    return lambda.permits(functionArn, { servicePrincipal: "s3.amazonaws.com", ...caller });
  } catch {
    return false;
  }
}

/** All functions share this machine: more batches at a time would only time out together. Lambda begins with five. */
function batchesOfThisMachine(): number {
  return Math.max(5, 2 * availableParallelism());
}

function clientEnvironment(url: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: outsideCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: outsideCredentials.secretAccessKey,
    // Never ask the network for other credentials: https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

function warn(error: unknown, source: string): void {
  const message = error instanceof Error ? error.message : String(error);
  process.emitWarning(`${source}: ${message}`, "LonghaulLocalWarning");
}
