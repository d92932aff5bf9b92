import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable } from "@longhaul/cdk";
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { BlockPublicAccess, Bucket } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { bucketArn, letCopyTo, letWalk, letWriteResults, type ObjectAction } from "./permissions.ts";

/** Props of {@link BucketWalkerStack}. */
export interface BucketWalkerStackProps extends StackProps {
  /** Names of the buckets that may be walked. Default: a bucket that the stack makes, to try it with. */
  readonly bucketNames?: readonly string[];
  /** What may be done with their objects beside counting them; what is not named is not permitted. Default: nothing. */
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
  /** Further variables of the handler's environment; what they mean stands in `src/settings.ts`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens to buckets and records when the stack is deleted. Default: `RETAIN`. */
  readonly removalPolicy?: RemovalPolicy;
}

const handlerFile = fileURLToPath(new URL("../src/handler.ts", import.meta.url));

/**
 * How long a state that was too large for a record is kept: as long as the records of a walk. One run may take 7 days, the
 * walk longer, since a part may begin when another ends; and it may be stopped in between.
 */
const statesKept = Duration.days(30);

/** One function that walks buckets, hop by hop, in as many parts at once as it is allowed. */
export class BucketWalkerStack extends Stack {
  readonly worker: RecursiveFunction;

  constructor(scope: Construct, id: string, props: BucketWalkerStackProps = {}) {
    super(scope, id, props);
    const { outputPrefix = "walks/", removalPolicy = RemovalPolicy.RETAIN, actions = [], timeout } = props;
    const closed = { blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true, removalPolicy };

    const bucketNames = props.bucketNames ?? [new Bucket(this, "Objects", closed).bucketName];
    const [firstBucket = ""] = bucketNames;
    const output = new Bucket(this, "Output", {
      ...closed,
      lifecycleRules: [{ prefix: `${outputPrefix}.longhaul/`, expiration: statesKept }],
    });
    const runTable = new RunTable(this, "Runs", { removalPolicy });
    const walkTable = new Table(this, "Walks", {
      partitionKey: { name: "walk", type: AttributeType.STRING },
      sortKey: { name: "part", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: "ttl",
      removalPolicy,
    });
    this.worker = new RecursiveFunction(this, "Worker", {
      entry: handlerFile,
      description: "Walks every object of a bucket, over as many invocations as it takes",
      runTable,
      memorySize: props.memorySize ?? 1769,
      ...(timeout ? { timeout } : {}),
      environment: {
        // A walk makes garbage of one kind, page by page; Node would rather take memory than collect it.
        NODE_OPTIONS: "--max-semi-space-size=4",
        BUCKET: firstBucket,
        OUTPUT_BUCKET: output.bucketName,
        OUTPUT_PREFIX: outputPrefix,
        WALK_TABLE: walkTable.tableName,
        ...(props.mode ? { MODE: props.mode } : {}),
        ...(props.depth ? { DEPTH: String(props.depth) } : {}),
        ...(props.maxParts ? { MAX_PARTS: String(props.maxParts) } : {}),
        ...props.environment,
      },
    });
    walkTable.grant(this.worker, "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query");
    letWalk(
      this.worker,
      bucketNames.map((name) => bucketArn(this, name)),
      actions,
    );
    if (actions.includes("copy") && props.targetBucketName !== undefined) {
      letCopyTo(this.worker, bucketArn(this, props.targetBucketName));
    }
    letWriteResults(this.worker, output, outputPrefix);
    if (props.everyDays !== undefined) this.walkEvery(props.everyDays, bucketNames);

    new CfnOutput(this, "BucketName", { value: firstBucket, description: "Walked if an event names none" });
    new CfnOutput(this, "OutputBucketName", {
      value: output.bucketName,
      description: `Results appear below ${outputPrefix}`,
    });
    new CfnOutput(this, "FunctionName", { value: this.worker.function.functionName });
    new CfnOutput(this, "RunTableName", { value: runTable.tableName });
    new CfnOutput(this, "WalkTableName", { value: walkTable.tableName });
    new CfnOutput(this, "FailuresQueueUrl", { value: this.worker.failures.queueUrl });
  }

  private walkEvery(days: number, bucketNames: readonly string[]): void {
    const rule = new Rule(this, "Schedule", { schedule: Schedule.rate(Duration.days(days)) });
    for (const bucket of bucketNames) {
      rule.addTarget(
        new FunctionTarget(this.worker.function, { event: RuleTargetInput.fromObject({ bucket, action: "report" }) }),
      );
    }
  }
}
