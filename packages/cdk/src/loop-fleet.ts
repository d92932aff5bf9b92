import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { type AlarmPath, AlarmTarget } from "./alarm-target.ts";
import type { BundlingProps } from "./bundled-code.ts";
import { BundledFunction } from "./bundled-function.ts";
import { ContextSettings, type GivenProps } from "./context-settings.ts";
import { PolledQueue, type PolledQueueProps } from "./polled-queue.ts";
import { RecursiveFunction } from "./recursive-function.ts";

/** Props of {@link LoopFleet}. */
export interface LoopFleetProps {
  /** The file that exports the handlers of `pollingFleet()`: `loop`, `start`, `stop`, `scaleUp`, `scaleDown`, `restart`. */
  readonly entry: string;
  /** The queues, by name. Default: one, `Messages`. */
  readonly queues?: Readonly<Record<string, PolledQueueProps>>;
  /** How alarms reach the functions that scale. Default: `sns`. */
  readonly alarmPath?: AlarmPath;
  /** How long one hop of a loop may take. Default: 15 minutes. */
  readonly timeout?: Duration;
  /** Memory of the function that runs the loops, in MB. Default: 256. */
  readonly memorySize?: number;
  /** How often dead loops are looked for, in whole minutes. Default: 1 minute. */
  readonly restartEvery?: Duration;
  /** Further variables of all functions' environment; the README of `@longhaul/fleet` lists its settings. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The fate of the token table when the stack is deleted. Default: `DESTROY`: it only holds which loops run now. */
  readonly removalPolicy?: RemovalPolicy;
  /** How the handlers are bundled. */
  readonly bundling?: BundlingProps;
}

/**
 * A fleet of loops that poll queues: queues with dead letters and alarms, the table of tokens, the function that runs the
 * loops, and those that start, stop, scale and restart them. It needs `@longhaul/fleet` in the handlers' file.
 *
 * A processor that needs a permission gets it through {@link LoopFleet.loop}, which is a grantee.
 *
 * @example
 * ```ts
 * const fleet = new LoopFleet(this, "Fleet", {
 *   entry: "src/handler.ts",
 *   queues: { Orders: { processor: "orders", maxLoops: 4 }, Mails: { processor: "mails", alarmsAt: [50] } },
 *   environment: { MAILER_ARN: mailer.functionArn },
 * });
 * mailer.grantInvoke(fleet.loop);
 * ```
 *
 * @throws {@link InvalidPropError} if Lambda would refuse a prop.
 * @throws {@link BundleError} if `entry` is missing or does not bundle.
 */
export class LoopFleet extends Construct {
  /** The function that runs the loops. */
  readonly loop: RecursiveFunction;
  /** Starts loops. Deploying starts none. */
  readonly start: LambdaFunction;
  /** Lets loops finish their messages and end. */
  readonly stop: LambdaFunction;
  readonly scaleUp: LambdaFunction;
  readonly scaleDown: LambdaFunction;
  /** Replaces dead loops, on a schedule. */
  readonly restart: LambdaFunction;
  /** The table with one row for each loop that should run. */
  readonly tokens: Table;
  /** The queues, by name. */
  readonly queues: Readonly<Record<string, PolledQueue>>;

  private readonly environment: Readonly<Record<string, string>>;

  /**
   * Props from CDK context (`cdk deploy -c maxLoops=4`): `minLoops`, `maxLoops`, `cooldownSeconds`, `visibilitySeconds`,
   * `messageTimeoutSeconds` and `alarmsAt` of one queue, `Messages`; `timeoutSeconds`, `memoryMb`, `alarmPath` and `data`.
   *
   * @throws {@link SettingError} if a value cannot be used.
   */
  static settingsFromContext(scope: Construct): GivenProps<Omit<LoopFleetProps, "entry">> {
    const settings = ContextSettings.of(scope);
    const Messages = ContextSettings.given({
      minLoops: settings.number("minLoops"),
      maxLoops: settings.number("maxLoops"),
      cooldownSeconds: settings.number("cooldownSeconds"),
      visibilitySeconds: settings.number("visibilitySeconds"),
      messageTimeoutSeconds: settings.number("messageTimeoutSeconds"),
      alarmsAt: settings.numbers("alarmsAt"),
    });
    return ContextSettings.given({
      queues: Object.keys(Messages).length === 0 ? undefined : { Messages },
      timeout: settings.number("timeoutSeconds", Duration.seconds),
      memorySize: settings.number("memoryMb"),
      alarmPath: settings.oneOf("alarmPath", ["sns", "lambda"]),
      removalPolicy: settings.removalPolicy("data"),
    });
  }

  constructor(scope: Construct, id: string, props: LoopFleetProps) {
    super(scope, id);
    const { entry, alarmPath = "sns", timeout = Duration.minutes(15), memorySize = 256, bundling } = props;
    const named = Object.entries(props.queues ?? { Messages: {} });
    this.queues = Object.fromEntries(named.map(([name, queue]) => [name, new PolledQueue(this, name, queue)]));
    const queues = Object.values(this.queues);
    this.tokens = new Table(this, "Tokens", {
      partitionKey: { name: "queue_url", type: AttributeType.STRING },
      sortKey: { name: "token", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: "ttl",
      removalPolicy: props.removalPolicy ?? RemovalPolicy.DESTROY,
    });
    acknowledge(this.tokens, "AwsSolutions-DDB3");
    this.environment = {
      TOKEN_TABLE: this.tokens.tableName,
      QUEUES: Stack.of(this).toJsonString(queues.map(({ settings }) => settings)),
      ...props.environment,
    };
    this.loop = new RecursiveFunction(this, "Loop", {
      entry,
      handler: "loop",
      description: "Runs the loops: polls a queue, processes, and continues in the next invocation",
      timeout,
      memorySize,
      environment: this.environment,
      ...(bundling && { bundling }),
    });
    this.tokens.grant(this.loop, "dynamodb:GetItem", "dynamodb:PutItem");
    for (const { queue } of queues) {
      queue.grant(this.loop, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility");
    }

    this.start = this.beside("Start", "start", "Starts loops", props, true);
    this.stop = this.beside("Stop", "stop", "Lets loops finish their messages and end", props, false);
    this.scaleUp = this.beside("ScaleUp", "scaleUp", "Adds loops when an alarm begins", props, true);
    this.scaleDown = this.beside("ScaleDown", "scaleDown", "Ends loops when an alarm is over", props, false);
    // Not retried: the next sweep is a minute away.
    this.restart = this.beside("Restart", "restart", "Puts new loops in the place of dead ones", props, true, 0);
    this.tokens.grant(this.restart, "dynamodb:Scan");
    for (const { queue } of queues) queue.grant(this.restart, "sqs:GetQueueAttributes");
    new Rule(this, "RestartSchedule", {
      schedule: Schedule.rate(props.restartEvery ?? Duration.minutes(1)),
      targets: [new FunctionTarget(this.restart)],
    });
    const up = new AlarmTarget(this, "Up", this.scaleUp, alarmPath);
    const down = new AlarmTarget(this, "Down", this.scaleDown, alarmPath);
    for (const queue of queues) queue.onChange(up.action, down.action);
  }

  /** Names and URLs that are worth an output of the stack, by name. */
  get outputs(): Readonly<Record<string, string>> {
    const queues = Object.entries(this.queues).flatMap(([name, { queue, deadLetters }]) => [
      [`${name}QueueUrl`, queue.queueUrl] as const,
      [`${name}DeadLettersUrl`, deadLetters.queueUrl] as const,
    ]);
    return {
      ...Object.fromEntries(queues),
      TokenTableName: this.tokens.tableName,
      FunctionName: this.loop.function.functionName,
      RestartFunctionName: this.restart.functionName,
      ScaleUpFunctionName: this.scaleUp.functionName,
      ScaleDownFunctionName: this.scaleDown.functionName,
      StartFunctionName: this.start.functionName,
      StopFunctionName: this.stop.functionName,
      FailuresQueueUrl: this.loop.failures.queueUrl,
    };
  }

  private beside(
    id: string,
    handler: string,
    description: string,
    { entry, bundling }: LoopFleetProps,
    mayStart: boolean,
    retryAttempts = 2,
  ): LambdaFunction {
    const { functionName, functionArn } = this.loop.function;
    const made = new BundledFunction(this, id, {
      entry,
      handler,
      description,
      retryAttempts,
      environment: { ...this.environment, ...(mayStart ? { LOOP_FUNCTION: functionName } : {}) },
      ...(bundling && { bundling }),
    }).function;
    this.tokens.grant(made, "dynamodb:Query", "dynamodb:PutItem");
    if (mayStart) {
      made.addToRolePolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] }));
    }
    return made;
  }
}
