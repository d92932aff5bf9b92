import { Duration, type Size } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, type MetricOptions, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { type IGrantable, type IPrincipal, type IRole, Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type Function as LambdaFunction, RecursiveLoop, Runtime } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import type { BundlingProps } from "./bundled-code.ts";
import { InvalidPropError } from "./errors.ts";
import { keptQueue } from "./kept-queue.ts";
import { checkLambdaLimits } from "./lambda-limits.ts";
import { nodeFunction } from "./node-function.ts";
import type { RunTable } from "./run-table.ts";
import { Waking } from "./waking.ts";

/** Props of {@link RecursiveFunction}. */
export interface RecursiveFunctionProps {
  /** The file that exports the handler. It is bundled with all it imports. */
  readonly entry: string;
  /** Name of the export. Default: `handler`. */
  readonly handler?: string;
  /** Default: `nodejs24.x`. */
  readonly runtime?: Runtime;
  /** How long one hop may take, 1 to 900 s. Longer hops waste less on starting over. Default: 15 minutes. */
  readonly timeout?: Duration;
  /** Memory in MB, 128 to 10,240; processor share grows with it. Default: 1024. */
  readonly memorySize?: number;
  /** Size of `/tmp`, 512 to 10,240 MiB. Default: Lambda's own, 512 MiB. */
  readonly ephemeralStorageSize?: Size;
  /** Variables of the handler's environment. `LONGHAUL_...` names are the construct's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Shown in the console. */
  readonly description?: string;
  /** Where runs keep their records. Gives the function its access and makes it one that the table's sweeper may resume. */
  readonly runTable?: RunTable;
  /** Whether it may invoke itself; `false` if its runs continue another way, such as by `sqsDriver`. Default: `true`. */
  readonly mayInvokeItself?: boolean;
  /**
   * Whether runs that sleep are woken within a minute of their time, by one-off schedules of EventBridge Scheduler. Makes a
   * schedule group and {@link RecursiveFunction.wakeRole}, and lets the function make schedules. The handler needs
   * `driver: schedulerDriver(...)` of `@longhaul/core/scheduler`. Default: `false`, the table's sweeper wakes them.
   */
  readonly wakesOnTime?: boolean;
  /** How often Lambda tries a failed hop again, 0 to 2. Default: 2. */
  readonly retryAttempts?: number;
  /** How long an event may wait to be tried, 60 s to 6 h. Default: 6 hours, so that throttling does not end a run. */
  readonly maxEventAge?: Duration;
  /** Most hops at once over all runs. Taken from the account's concurrency. Default: not reserved. */
  readonly reservedConcurrentExecutions?: number;
  /** Default: one month. */
  readonly logRetention?: RetentionDays;
  /** How the handler is bundled. */
  readonly bundling?: BundlingProps;
  /** An alarm that fires when Lambda's loop detection drops a hop, which means `RecursiveLoop` was set back. Default: `false`. */
  readonly alarmOnDroppedHops?: boolean;
}

/** A metric that `emfObserver()` of `@longhaul/core` writes. */
export type RunMetric =
  | "Steps"
  | "HandOffMs"
  | "UnusedMs"
  | "CostUsd"
  | "RunsDone"
  | "RunsStopped"
  | "RunsFailed"
  | "Errors";

/** Props of {@link RecursiveFunction.metric}. */
export interface RunMetricProps extends MetricOptions {
  /** The namespace that the observer writes to. Default: `Longhaul`. */
  readonly namespace?: string;
  /** The service that the observer names. Default: the function's name. */
  readonly service?: string;
}

/** Lambda's own bound and default for the age of an asynchronous event. */
const longestEventAge = Duration.hours(6);

/**
 * A Lambda function that continues as new: it may invoke itself, unless it need not, is exempt from recursive-loop
 * detection, and loses no event, since every event that fails permanently lands in {@link RecursiveFunction.failures}.
 *
 * Use {@link RecursiveFunction.function} where CDK wants a function (event sources, targets), and the construct itself
 * where it wants a grantee.
 *
 * @example
 * ```ts
 * const runs = new RunTable(this, "Runs");
 * const worker = new RecursiveFunction(this, "Worker", { entry: "src/handler.ts", runTable: runs });
 * bucket.grantRead(worker);
 * ```
 *
 * @throws {@link InvalidPropError} if Lambda would refuse a prop.
 * @throws {@link BundleError} if `entry` is missing or does not bundle.
 */
export class RecursiveFunction extends Construct implements IGrantable {
  /** The function. */
  readonly function: LambdaFunction;
  /** Events of hops that failed permanently; each holds the state to continue from. Kept for 14 days, encrypted. */
  readonly failures: Queue;
  /** Memory in MB, of which its cost is made. */
  readonly memoryMb: number;
  /** The alarm of {@link RecursiveFunctionProps.alarmOnDroppedHops}. */
  readonly droppedHopsAlarm: Alarm | undefined;
  /**
   * The role of the schedules that {@link RecursiveFunctionProps.wakesOnTime} has made. It may invoke the function if that may
   * invoke itself. Of a function that is fed from a queue, let it send there: `queue.grantSendMessages(worker.wakeRole)`.
   */
  readonly wakeRole: IRole | undefined;

  constructor(scope: Construct, id: string, props: RecursiveFunctionProps) {
    super(scope, id);
    const {
      entry,
      handler,
      environment,
      runTable,
      retryAttempts = 2,
      maxEventAge = longestEventAge,
      alarmOnDroppedHops,
      mayInvokeItself = true,
      wakesOnTime = false,
      ...rest
    } = props;
    const settings = {
      ...rest,
      runtime: props.runtime ?? Runtime.NODEJS_24_X,
      timeout: props.timeout ?? Duration.minutes(15),
      memorySize: props.memorySize ?? 1024,
    };
    checkLambdaLimits(this, { ...settings, retryAttempts, maxEventAge });
    this.refuseOwnVariables(environment ?? {});

    const waking = wakesOnTime ? new Waking(this, "Waking") : undefined;
    this.function = nodeFunction(this, {
      ...settings,
      entry,
      handler: handler ?? "handler",
      // Loops of 16 hops are ended otherwise: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
      recursiveLoop: RecursiveLoop.ALLOW,
      environment: {
        ...environment,
        LONGHAUL_RECURSIVE_LOOP: "Allow",
        ...(runTable ? { LONGHAUL_RUN_TABLE: runTable.tableName } : {}),
        ...waking?.environment,
      },
    });
    this.memoryMb = settings.memorySize;
    this.failures = this.keepFailures(retryAttempts, maxEventAge);
    if (mayInvokeItself) this.letItInvokeItself();
    waking?.grantSchedules(this.function);
    if (mayInvokeItself) waking?.mayInvoke(this.function);
    this.wakeRole = waking?.role;
    runTable?.grantHops(this);
    runTable?.mayResume(this.function);
    this.droppedHopsAlarm = alarmOnDroppedHops ? this.alarmOnDroppedHops() : undefined;
  }

  /** The function's role. */
  get grantPrincipal(): IPrincipal {
    return this.function.grantPrincipal;
  }

  /** A metric of the function's runs. The handler needs `observers: [emfObserver()]`, whose defaults are those of the props. */
  metric(metricName: RunMetric, { namespace = "Longhaul", service, ...options }: RunMetricProps = {}): Metric {
    return new Metric({
      namespace,
      metricName,
      dimensionsMap: { service: service ?? this.function.functionName },
      period: Duration.minutes(1),
      ...options,
    });
  }

  private refuseOwnVariables(environment: Readonly<Record<string, string>>): void {
    const taken = Object.keys(environment).find((name) => name.startsWith("LONGHAUL_"));
    if (taken === undefined) return;
    throw new InvalidPropError(
      this.node.path,
      "environment",
      `may not set ${taken}: LONGHAUL_ names are set by the construct.`,
    );
  }

  private keepFailures(retryAttempts: number, maxEventAge: Duration): Queue {
    const queue = new Queue(this, "Failures", keptQueue);
    acknowledge(queue, "AwsSolutions-SQS3");
    // Not `SqsDestination`: it grants two actions that Lambda does not use.
    queue.grant(this.function, "sqs:SendMessage");
    this.function.configureAsyncInvoke({
      retryAttempts,
      maxEventAge,
      onFailure: { bind: () => ({ destination: queue.queueArn }) },
    });
    return queue;
  }

  /**
   * The role's own policy comes before the function, so it cannot name the function. A policy beside it can.
   * Qualified too, because a hop started through an alias or version continues through it.
   */
  private letItInvokeItself(): void {
    const arn = this.function.functionArn;
    const policy = new Policy(this, "ContinueAsNew", {
      statements: [new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [arn, `${arn}:*`] })],
    });
    this.function.role?.attachInlinePolicy(policy);
  }

  private alarmOnDroppedHops(): Alarm {
    return new Alarm(this, "DroppedHops", {
      metric: this.function.metric("RecursiveInvocationsDropped", { statistic: "Sum", period: Duration.minutes(1) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
