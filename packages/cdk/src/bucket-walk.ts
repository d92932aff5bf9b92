import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { closedBucket } from "./closed-bucket.ts";
import { ContextSettings } from "./context-settings.ts";
import { SettingError } from "./errors.ts";
import { bucketArnOf } from "./named-bucket.ts";
import { RecursiveFunction } from "./recursive-function.ts";
import { RunTable } from "./run-table.ts";
import { variables } from "./variables.ts";
import { letCopyTo, letWalk, letWriteReports, type ObjectAction } from "./walk-permissions.ts";

/** Props of {@link BucketWalk}. */
export interface BucketWalkProps {
  /** The file that exports the handler, `bucketWalk(...)`. */
  readonly entry: string;
  /** Names of the buckets that may be walked. Default: a bucket that the construct makes, to try it with. */
  readonly bucketNames?: readonly string[];
  /** The actions on their objects that are permitted besides counting them. Default: none. */
  readonly actions?: readonly ObjectAction[];
  /** Name of the bucket that `copy` may copy to. */
  readonly targetBucketName?: string;
  /** Results go below it. Default: `walks/`. */
  readonly outputPrefix?: string;
  /** How buckets are walked if an event does not say. Default: the handler's own, `parallel`. */
  readonly mode?: "parallel" | "serial";
  /** Depth of a report's totals by prefix if an event does not say. Default: the handler's own, 2. */
  readonly depth?: number;
  /** Most invocations that walk one bucket at once. Default: the handler's own, 8. */
  readonly maxParts?: number;
  /** Every so many days a report is made of each bucket. Default: none is. */
  readonly everyDays?: number;
  /** How long one hop may take. Default: 15 minutes. */
  readonly timeout?: Duration;
  /** Memory of the function in MB. A walk is bound by the processor, whose share grows with it. Default: 1769, one processor. */
  readonly memorySize?: number;
  /** Further variables of the handler's environment; `walkSettings` reads them. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The fate of buckets and records when the stack is deleted. Default: `RETAIN`. */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * How long a state that was too large for a record is kept: as long as the records of a walk. One run may take 7 days, the
 * walk longer, since a part may begin when another ends; and it may be stopped in between.
 */
const statesKept = Duration.days(30);

/**
 * One function that walks buckets, hop by hop, in as many parts at once as it may.
 *
 * @example
 * ```ts
 * const walk = new BucketWalk(this, "Walk", { entry, bucketNames: ["photos"], actions: ["each"] });
 * ```
 */
export class BucketWalk extends Construct {
  /** Names of the buckets that may be walked. The first is walked if an event names none. */
  readonly bucketNames: readonly string[];
  /** The bucket that receives the results. */
  readonly output: Bucket;
  /** The function that does the work. */
  readonly worker: RecursiveFunction;
  /** The records of the runs. */
  readonly runs: RunTable;
  /** The parts of the walks. */
  readonly walks: Table;

  /**
   * Props from CDK context (`cdk deploy -c name=value`): `buckets` and `actions`, with commas in between, `target`,
   * `timeoutSeconds`, `memoryMb`, `depth`, `maxParts`, `everyDays`, `mode`, and `data`, which is `keep` or `delete`. What is not
   * set is left out.
   *
   * @throws {@link SettingError} if a value cannot be used.
   */
  static settingsFromContext(scope: Construct): Partial<BucketWalkProps> {
    const settings = ContextSettings.of(scope);
    const props: Partial<BucketWalkProps> = ContextSettings.given({
      bucketNames: settings.names("buckets"),
      actions: settings.someOf("actions", ["each", "copy", "delete"]),
      targetBucketName: settings.names("target")?.[0],
      timeout: settings.number("timeoutSeconds", Duration.seconds),
      memorySize: settings.number("memoryMb"),
      depth: settings.number("depth"),
      maxParts: settings.number("maxParts"),
      everyDays: settings.number("everyDays"),
      mode: settings.oneOf("mode", ["parallel", "serial"]),
      removalPolicy: settings.removalPolicy("data"),
    });
    if (props.actions?.includes("copy") && props.targetBucketName === undefined) {
      throw new SettingError("target", "must name the bucket to copy to, since actions has copy.");
    }
    return props;
  }

  constructor(scope: Construct, id: string, props: BucketWalkProps) {
    super(scope, id);
    const { entry, outputPrefix = "walks/", removalPolicy = RemovalPolicy.RETAIN, actions = [], timeout } = props;
    this.bucketNames = props.bucketNames ?? [closedBucket(this, "Objects", { removalPolicy }).bucketName];
    this.output = closedBucket(this, "Output", {
      removalPolicy,
      lifecycleRules: [{ prefix: `${outputPrefix}.longhaul/`, expiration: statesKept }],
    });
    this.runs = new RunTable(this, "Runs", { removalPolicy });
    this.walks = new Table(this, "Walks", {
      partitionKey: { name: "walk", type: AttributeType.STRING },
      sortKey: { name: "part", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: "ttl",
      removalPolicy,
    });
    acknowledge(this.walks, "AwsSolutions-DDB3");
    this.worker = new RecursiveFunction(this, "Worker", {
      entry,
      description: "Walks every object of a bucket, over as many invocations as it takes",
      runTable: this.runs,
      memorySize: props.memorySize ?? 1769,
      ...(timeout ? { timeout } : {}),
      environment: {
        // A walk makes garbage of one kind, page by page; Node would rather take memory than collect it.
        NODE_OPTIONS: "--max-semi-space-size=4 --expose-gc",
        ...variables({
          BUCKET: this.bucketNames[0],
          OUTPUT_BUCKET: this.output.bucketName,
          OUTPUT_PREFIX: outputPrefix,
          WALK_TABLE: this.walks.tableName,
          MODE: props.mode,
          DEPTH: props.depth,
          MAX_PARTS: props.maxParts,
        }),
        ...props.environment,
      },
    });
    this.walks.grant(this.worker, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query");
    const walked = this.bucketNames.map((name) => bucketArnOf(this, name));
    letWalk(this.worker, walked, actions);
    if (actions.includes("copy") && props.targetBucketName !== undefined) {
      letCopyTo(this.worker, bucketArnOf(this, props.targetBucketName));
    }
    letWriteReports(this.worker, this.output, outputPrefix);
    if (props.everyDays !== undefined) this.walkEvery(props.everyDays);
  }

  /** Names and URLs that are worth an output of the stack, by name. */
  get outputs(): Readonly<Record<string, string>> {
    return {
      BucketName: this.bucketNames[0] ?? "",
      OutputBucketName: this.output.bucketName,
      FunctionName: this.worker.function.functionName,
      RunTableName: this.runs.tableName,
      WalkTableName: this.walks.tableName,
      FailuresQueueUrl: this.worker.failures.queueUrl,
    };
  }

  private walkEvery(days: number): void {
    const rule = new Rule(this, "Schedule", { schedule: Schedule.rate(Duration.days(days)) });
    for (const bucket of this.bucketNames) {
      const event = RuleTargetInput.fromObject({ bucket, action: "report" });
      rule.addTarget(new FunctionTarget(this.worker.function, { event }));
    }
  }
}
