import { runTableSchema } from "@longhaul/core/store";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { type Attribute, AttributeType, BillingMode, ProjectionType, Table } from "aws-cdk-lib/aws-dynamodb";
import { Grant, type IGrantable } from "aws-cdk-lib/aws-iam";
import type { IFunction, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { InvalidPropError } from "./errors.ts";
import { Sweeper } from "./sweeper.ts";

/** Props of {@link RunTable}. */
export interface RunTableProps {
  /** The fate of the records when the stack is deleted. Default: `RETAIN`, since they are the runs' only memory. */
  readonly removalPolicy?: RemovalPolicy;
  /** Continuous backups, which DynamoDB charges for. Default: `false`. */
  readonly pointInTimeRecovery?: boolean;
  /** How often lost runs are looked for, in whole minutes. Default: 1 minute. */
  readonly sweepEvery?: Duration;
  /** How long the event of a run that is due may be under way before it is sent again. Default: 1 minute. */
  readonly resumeAfter?: Duration;
}

/**
 * The table that holds one record per run, together with the sweeper that finds runs whose hand-off was lost and starts
 * their next hop. Pass it to {@link RecursiveFunction} as `runTable`; a function made otherwise gets
 * {@link RunTable.grantHops}, {@link RunTable.mayResume} and the environment variable `LONGHAUL_RUN_TABLE`.
 *
 * @example
 * ```ts
 * const runs = new RunTable(this, "Runs", { pointInTimeRecovery: true });
 * new RecursiveFunction(this, "Worker", { entry: "src/handler.ts", runTable: runs });
 * ```
 *
 * @throws {@link InvalidPropError} if `sweepEvery` is not a whole number of minutes or `resumeAfter` is not positive.
 */
export class RunTable extends Construct {
  /** The table, with the keys and indexes of `runTableSchema` of `@longhaul/core/parts`. */
  readonly table: Table;
  /** The function that looks for lost runs. */
  readonly sweeper: LambdaFunction;
  /** Name of the table, for `dynamodbRunStore({ tableName })`. */
  readonly tableName: string;

  private readonly resumable = new Set<IFunction>();

  constructor(scope: Construct, id: string, props: RunTableProps = {}) {
    super(scope, id);
    const sweepEvery = props.sweepEvery ?? Duration.minutes(1);
    const resumeAfter = props.resumeAfter ?? Duration.minutes(1);
    this.check("sweepEvery", sweepEvery, 60_000);
    this.check("resumeAfter", resumeAfter, 1_000);

    this.table = new Table(this, "Table", {
      partitionKey: attributeOf(runTableSchema.partitionKey),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: runTableSchema.timeToLive,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      ...(props.pointInTimeRecovery ? { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } } : {}),
    });
    if (!props.pointInTimeRecovery) acknowledge(this.table, "AwsSolutions-DDB3");
    for (const { name, partitionKey, sortKey } of runTableSchema.indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: attributeOf(partitionKey),
        sortKey: attributeOf(sortKey),
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    this.tableName = this.table.tableName;
    this.sweeper = new Sweeper(this, "Sweeper", { table: this.table, sweepEvery, resumeAfter }).function;
    this.node.addValidation({ validate: () => this.faults() });
  }

  /** Lets a function run hops on this table: read single records and write them by conditional updates, which also create them. */
  grantHops(grantee: IGrantable): Grant {
    // Not `table.grant`, which lets it use the indexes, too.
    return Grant.addToPrincipal({
      grantee,
      actions: ["dynamodb:GetItem", "dynamodb:UpdateItem"],
      resourceArns: [this.table.tableArn],
    });
  }

  /** Lets the sweeper start the next hop of lost runs of this function, on any alias or version. */
  mayResume(target: IFunction): void {
    if (this.resumable.has(target)) return;
    this.resumable.add(target);
    target.grantInvoke(this.sweeper);
  }

  private check(prop: string, duration: Duration, unitMs: number): void {
    if (duration.isUnresolved()) return;
    const ms = duration.toMilliseconds();
    if (ms >= unitMs && ms % unitMs === 0) return;
    const unit = unitMs === 60_000 ? "minutes" : "seconds";
    throw new InvalidPropError(
      this.node.path,
      prop,
      `must be a whole number of ${unit}, at least 1; it is ${duration.toHumanString()}.`,
    );
  }

  /** A sweeper that may start nothing would hide lost runs until somebody misses them. */
  private faults(): string[] {
    if (this.resumable.size > 0) return [];
    return [
      `${this.node.path} resumes no function. Pass it as runTable to a RecursiveFunction, or call mayResume(fn).`,
    ];
  }
}

function attributeOf({ name, type }: { readonly name: string; readonly type: "S" | "N" }): Attribute {
  return { name, type: type === "S" ? AttributeType.STRING : AttributeType.NUMBER };
}
