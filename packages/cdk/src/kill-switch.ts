import { Duration, Stack } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { LambdaAction, SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { alarmTopic } from "./alarm-topic.ts";
import { InvalidPropError } from "./errors.ts";
import { usdPerMs } from "./function-cost.ts";
import { nodeFunction } from "./node-function.ts";
import { ownHandler } from "./own-handler.ts";
import type { RecursiveFunction } from "./recursive-function.ts";

/** Props of {@link KillSwitch}. */
export interface KillSwitchProps {
  /** The functions that are stopped, all of them as soon as one is above a limit. */
  readonly functions: readonly RecursiveFunction[];
  /** Most invocations of one function in a minute. */
  readonly maxInvocationsPerMinute: number;
  /** Most that one function may cost in an hour, in US dollars: duration times memory, by the list price. Default: no such alarm. */
  readonly maxUsdPerHour?: number;
  /** The topic that the alarms tell. Default: one of its own, {@link KillSwitch.topic}. */
  readonly topic?: ITopic;
}

/**
 * Stops functions that run away: an alarm on their invocations, and on their cost, sets their reserved concurrency to 0 and
 * tells a topic. Nothing starts them again but a person: `longhaul revive FUNCTION`.
 *
 * Nothing is lost: Lambda sends events to {@link RecursiveFunction.failures} at once while the concurrency is 0, from where
 * `longhaul redrive` begins them again; messages stay in their queue. An invocation under way continues until its end.
 *
 * @example
 * ```ts
 * const killSwitch = new KillSwitch(this, "KillSwitch", { functions: [worker], maxInvocationsPerMinute: 600 });
 * killSwitch.topic.addSubscription(new EmailSubscription("ops@example.com"));
 * ```
 *
 * @throws {@link InvalidPropError} for a limit that is no amount, or if there is no function.
 */
export class KillSwitch extends Construct {
  /** The topic that the alarms tell. */
  readonly topic: ITopic;
  /** The alarms, two for each function at most. */
  readonly alarms: readonly Alarm[];
  /** The function that stops the others. */
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: KillSwitchProps) {
    super(scope, id);
    const { functions, maxInvocationsPerMinute, maxUsdPerHour } = props;
    const check = (prop: string, isValid: boolean, must: string) => {
      if (!isValid) throw new InvalidPropError(this.node.path, prop, must);
    };
    check("functions", functions.length > 0, "must have at least one function.");
    check(
      "maxInvocationsPerMinute",
      Number.isInteger(maxInvocationsPerMinute) && maxInvocationsPerMinute > 0,
      `must be a whole number above 0; it is ${maxInvocationsPerMinute}.`,
    );
    const isAmount = maxUsdPerHour === undefined || (maxUsdPerHour > 0 && Number.isFinite(maxUsdPerHour));
    check("maxUsdPerHour", isAmount, `must be a number above 0; it is ${maxUsdPerHour}.`);

    this.topic = props.topic ?? alarmTopic(this);
    this.function = this.killer(functions);
    this.alarms = functions.flatMap((stopped, at) => [
      this.alarm(`Invocations${at}`, {
        metric: stopped.function.metricInvocations({ statistic: Stats.SUM, period: Duration.minutes(1) }),
        threshold: maxInvocationsPerMinute,
        what: `more than ${maxInvocationsPerMinute} invocations in a minute`,
        stopped,
      }),
      ...(maxUsdPerHour === undefined ? [] : [this.alarm(`Cost${at}`, costOf(stopped, maxUsdPerHour))]),
    ]);
  }

  private alarm(id: string, { metric, threshold, what, stopped }: Limit): Alarm {
    const name = stopped.function.functionName;
    const alarm = new Alarm(this, id, {
      alarmDescription: `${name}: ${what}. Its reserved concurrency is set to 0. To start it again: longhaul revive ${name}`,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new LambdaAction(this.function, { useUniquePermissionId: true }), new SnsAction(this.topic));
    return alarm;
  }

  private killer(functions: readonly RecursiveFunction[]): LambdaFunction {
    const killer = nodeFunction(this, {
      entry: ownHandler("kill-switch-handler"),
      handler: "handler",
      description: "Longhaul: stops functions that run away",
      runtime: Runtime.NODEJS_24_X,
      timeout: Duration.minutes(1),
      memorySize: 256,
      environment: {
        LONGHAUL_KILL_FUNCTIONS: Stack.of(this).toJsonString(functions.map((each) => each.function.functionName)),
      },
    });
    killer.addToRolePolicy(
      new PolicyStatement({
        actions: ["lambda:PutFunctionConcurrency"],
        resources: functions.map((each) => each.function.functionArn),
      }),
    );
    return killer;
  }
}

/** The limit of a function, and the metric that an alarm holds against it. */
interface Limit {
  readonly metric: Metric;
  readonly threshold: number;
  readonly what: string;
  readonly stopped: RecursiveFunction;
}

/** The cost of a function follows from its duration, since its memory is known. */
function costOf(stopped: RecursiveFunction, maxUsdPerHour: number): Limit {
  return {
    metric: stopped.function.metricDuration({ statistic: Stats.SUM, period: Duration.hours(1) }),
    threshold: Math.round(maxUsdPerHour / usdPerMs(stopped.memoryMb)),
    what: `more than ${maxUsdPerHour} USD in an hour`,
    stopped,
  };
}
