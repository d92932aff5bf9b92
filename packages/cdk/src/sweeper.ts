import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { nodeFunction } from "./node-function.ts";
import { ownHandler } from "./own-handler.ts";

/** Props of {@link Sweeper}. */
export interface SweeperProps {
  readonly table: Table;
  readonly sweepEvery: Duration;
  readonly resumeAfter: Duration;
}

/**
 * The scheduled function behind {@link RunTable}. Two sweeps at once are harmless (claims are conditional writes), so it
 * reserves no concurrency; a failed sweep is not retried, because the next one is a minute away.
 */
export class Sweeper extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: SweeperProps) {
    super(scope, id);
    this.function = nodeFunction(this, {
      entry: ownHandler("sweeper-handler"),
      handler: "handler",
      description: "Longhaul: starts the next hop of runs whose hand-off was lost",
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.minutes(1),
      memorySize: 256,
      environment: {
        LONGHAUL_RUN_TABLE: props.table.tableName,
        LONGHAUL_RESUME_AFTER_MS: String(props.resumeAfter.toMilliseconds()),
      },
    });
    const { tableArn } = props.table;
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ["dynamodb:Query"], resources: [`${tableArn}/index/live`] }),
    );
    this.function.addToRolePolicy(new PolicyStatement({ actions: ["dynamodb:UpdateItem"], resources: [tableArn] }));
    this.function.configureAsyncInvoke({ retryAttempts: 0 });
    new Rule(this, "Schedule", {
      schedule: Schedule.rate(props.sweepEvery),
      targets: [new FunctionTarget(this.function)],
    });
  }
}
