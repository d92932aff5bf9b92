import { fileURLToPath } from "node:url";
import { BundledFunction, RecursiveFunction } from "@longhaul/cdk";
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { type AlarmPath, AlarmTarget } from "./alarm-target.ts";
import { PolledQueue, type PolledQueueProps } from "./polled-queue.ts";

/** Props of {@link QueueLoopsStack}. */
export interface QueueLoopsStackProps extends StackProps {
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
  /** Further variables of all functions' environment; what they mean stands in `src/settings.ts`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens to the token table when the stack is deleted. Default: `DESTROY`; it holds nothing but who runs now. */
  readonly removalPolicy?: RemovalPolicy;
}

const loopEntry = fileURLToPath(new URL("../src/handlers/process-messages.ts", import.meta.url));
const fleetEntry = fileURLToPath(new URL("../src/handlers/fleet-handlers.ts", import.meta.url));

/** Queues, the table of tokens, the function that runs the loops, and those that start, restart, scale and stop them. */
export class QueueLoopsStack extends Stack {
  readonly loop: RecursiveFunction;

  constructor(scope: Construct, id: string, props: QueueLoopsStackProps = {}) {
    super(scope, id, props);
    const { alarmPath = "sns", timeout = Duration.minutes(15), memorySize = 256 } = props;
    const restartEvery = props.restartEvery ?? Duration.minutes(1);
    const named = Object.entries(props.queues ?? { Messages: {} });
    const queues = named.map(([name, queue]) => ({ name, ...queue, polled: new PolledQueue(this, name, queue) }));

    const tokens = new Table(this, "Tokens", {
      partitionKey: { name: "queue_url", type: AttributeType.STRING },
      sortKey: { name: "token", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: "ttl",
      removalPolicy: props.removalPolicy ?? RemovalPolicy.DESTROY,
    });
    const environment = {
      TOKEN_TABLE: tokens.tableName,
      QUEUES: this.toJsonString(queues.map(({ polled }) => polled.settings)),
      ...props.environment,
    };
    this.loop = new RecursiveFunction(this, "Loop", {
      entry: loopEntry,
      description: "Runs the loops: polls a queue, processes, and continues in the next invocation",
      timeout,
      memorySize,
      environment,
    });
    tokens.grant(this.loop, "dynamodb:UpdateItem");
    for (const { polled, functionArn } of queues) {
      polled.queue.grant(this.loop, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility");
      if (functionArn !== undefined) {
        const statement = new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] });
        this.loop.grantPrincipal.addToPrincipalPolicy(statement);
      }
    }

    const beside = (
      name: string,
      handler: string,
      description: string,
      may: { start: boolean; retryAttempts?: number },
    ) => {
      const made = new BundledFunction(this, name, {
        entry: fleetEntry,
        handler,
        description,
        ...(may.retryAttempts === undefined ? {} : { retryAttempts: may.retryAttempts }),
        environment: { ...environment, ...(may.start ? { LOOP_FUNCTION: this.loop.function.functionName } : {}) },
      }).function;
      tokens.grant(made, "dynamodb:Query", "dynamodb:UpdateItem");
      if (may.start) {
        const statement = new PolicyStatement({
          actions: ["lambda:InvokeFunction"],
          resources: [this.loop.function.functionArn],
        });
        made.addToRolePolicy(statement);
      }
      return made;
    };
    const restart = beside("Restart", "restart", "Puts new loops in the place of dead ones", {
      start: true,
      // The next sweep is a minute away.
      retryAttempts: 0,
    });
    tokens.grant(restart, "dynamodb:Scan");
    for (const { polled } of queues) polled.queue.grant(restart, "sqs:GetQueueAttributes");
    new Rule(this, "RestartSchedule", {
      schedule: Schedule.rate(restartEvery),
      targets: [new FunctionTarget(restart)],
    });
    const scaleUp = beside("ScaleUp", "scaleUp", "Adds loops when an alarm begins", { start: true });
    const scaleDown = beside("ScaleDown", "scaleDown", "Ends loops when an alarm is over", { start: false });
    const start = beside("Start", "start", "Brings queues to their least number of loops, or another", { start: true });
    const stop = beside("Stop", "stop", "Lets the loops of queues finish their messages and end", { start: false });
    const up = new AlarmTarget(this, "Up", scaleUp, alarmPath);
    const down = new AlarmTarget(this, "Down", scaleDown, alarmPath);
    for (const { name, polled } of queues) {
      polled.onChange(up.action, down.action);
      new CfnOutput(this, `${name}QueueUrl`, { value: polled.queue.queueUrl });
      new CfnOutput(this, `${name}DeadLettersUrl`, { value: polled.deadLetters.queueUrl });
    }

    new CfnOutput(this, "TokenTableName", { value: tokens.tableName });
    new CfnOutput(this, "FunctionName", { value: this.loop.function.functionName });
    new CfnOutput(this, "RestartFunctionName", { value: restart.functionName });
    new CfnOutput(this, "ScaleUpFunctionName", { value: scaleUp.functionName });
    new CfnOutput(this, "ScaleDownFunctionName", { value: scaleDown.functionName });
    new CfnOutput(this, "StartFunctionName", { value: start.functionName });
    new CfnOutput(this, "StopFunctionName", { value: stop.functionName });
    new CfnOutput(this, "FailuresQueueUrl", { value: this.loop.failures.queueUrl });
  }
}
