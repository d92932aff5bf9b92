import type { CreateScheduleCommandInput, SchedulerClient } from "@aws-sdk/client-scheduler";
import { sdkSettings } from "../calls/sdk-settings.ts";
import { ConfigError } from "../errors.ts";
import { utf8Bytes } from "../state/json.ts";
import type { HandOffDriver, HandOffMessage } from "./driver.ts";

/** Options of {@link schedulerDriver}. */
export interface SchedulerDriverOptions {
  /**
   * ARN of the role with which EventBridge Scheduler sends the event. Default: the variable `LONGHAUL_WAKE_ROLE`, which
   * `RecursiveFunction` sets with `wakesOnTime`. Without a role no schedules are made, and sleepers are woken as by the
   * driver alone.
   */
  readonly roleArn?: string;
  /** Name of the schedule group. Default: the variable `LONGHAUL_WAKE_GROUP`, else `default`, the group of every account. */
  readonly groupName?: string;
  /** A client of your own. Default: one per driver, made from the environment at the first sleep. */
  readonly client?: SchedulerClient;
}

/** The largest event that a schedule is given, in bytes: what an event bus and a Step Functions state take, too. */
const MAX_INPUT_BYTES = 262_144;

/** A schedule falls due so much after its time at least, in milliseconds: an event that comes early is dropped. */
const LATER_MS = 1_000;

/**
 * A schedule is made for a moment so far ahead at least, in milliseconds: AWS takes one whose moment is over, but says nowhere
 * that it falls due.
 */
const LEAST_AHEAD_MS = 5_000;

/**
 * Hands off through another driver, and has sleepers woken by one-off schedules of EventBridge Scheduler: within a minute
 * of their time, up to years ahead. A queue's own delay of up to 15 minutes comes first, since it is exact to the second.
 * An event of more than 256 KiB or of a tenant cannot be scheduled: the sweeper wakes its run. So it does where a schedule
 * could not be made, which observers see as an `error`.
 *
 * The function's role needs `scheduler:CreateSchedule` in the group, and `iam:PassRole` on the role that is passed. That
 * role needs `lambda:InvokeFunction` on the function, or `sqs:SendMessage` on the queue. `RecursiveFunction` of
 * `@longhaul/cdk` sets all of it with `wakesOnTime`.
 *
 * @throws {@link ConfigError} for `callerDriver`, whose caller wakes its runs itself.
 *
 * @example `recursive({ start, run, store: dynamodbRunStore(), driver: schedulerDriver(lambdaDriver()) })`
 */
export function schedulerDriver(driver: HandOffDriver, options: SchedulerDriverOptions = {}): HandOffDriver {
  if (driver.returnsContinuation) {
    throw new ConfigError(
      "schedulerDriver() takes a driver that sends events: the caller of callerDriver() waits itself.",
    );
  }
  let loading: ReturnType<typeof load> | undefined;
  return {
    ...driver,
    async sendAt(message, atMs, nowMs, abortSignal) {
      if (await driver.sendAt?.(message, atMs, nowMs, abortSignal)) return true;
      const roleArn = options.roleArn ?? process.env.LONGHAUL_WAKE_ROLE;
      if (!roleArn || message.tenantId !== undefined) return false;
      const Input = literal(message.payload);
      if (utf8Bytes(Input) > MAX_INPUT_BYTES) return false;
      loading ??= load(options.client);
      const { client, CreateScheduleCommand } = await loading;
      const schedule: CreateScheduleCommandInput = {
        Name: await scheduleName(message, atMs),
        GroupName: options.groupName ?? (process.env.LONGHAUL_WAKE_GROUP || "default"),
        Description: `Wakes hop ${message.hop} of ${message.run}`.slice(0, 512).toWellFormed(),
        ScheduleExpression: `at(${momentOf(Math.max(atMs + LATER_MS, nowMs + LEAST_AHEAD_MS))})`,
        FlexibleTimeWindow: { Mode: "OFF" },
        ActionAfterCompletion: "DELETE",
        Target: { Arn: wokenArn(driver, message), RoleArn: roleArn, Input },
      };
      try {
        await client.send(new CreateScheduleCommand(schedule), { ...(abortSignal && { abortSignal }) });
      } catch (error) {
        // It was made before, and its answer was lost.
        if (!(error instanceof Error && error.name === "ConflictException")) throw error;
      }
      return true;
    },
  };
}

/** Loaded by the first sleep: a run that never sleeps pays nothing for it. */
async function load(given: SchedulerClient | undefined) {
  try {
    const { CreateScheduleCommand, SchedulerClient } = await import("@aws-sdk/client-scheduler");
    return { CreateScheduleCommand, client: given ?? new SchedulerClient(sdkSettings()) };
  } catch (cause) {
    throw new ConfigError("schedulerDriver() needs @aws-sdk/client-scheduler: install it.", { cause });
  }
}

/**
 * The name of the schedule for one sleep: the same for each try to make it, and another one for a sleep until another time,
 * such as that of a run that was rewound. 64 characters, the most that a name has.
 */
async function scheduleName({ run, hop }: HandOffMessage, atMs: number): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256")
    .update(JSON.stringify([run, hop, atMs]))
    .digest("hex");
}

/** The first whole second from then on, as `at(...)` takes it, in UTC. */
function momentOf(ms: number): string {
  return new Date(Math.ceil(ms / 1_000) * 1_000).toISOString().slice(0, 19);
}

/** The function; or the queue that it is fed from, which is in its region. */
function wokenArn({ queueUrl }: HandOffDriver, { target }: HandOffMessage): string {
  if (queueUrl === undefined) return target;
  const [, partition = "aws", , region = ""] = target.split(":");
  const [account = "", name = ""] = new URL(queueUrl).pathname.split("/").slice(-2);
  return `arn:${partition}:sqs:${region}:${account}:${name}`;
}

/**
 * JSON text of which EventBridge Scheduler replaces nothing: it fills in what looks like one of its context attributes.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function literal(json: string): string {
  return json.replaceAll("<aws.scheduler.", "\\u003caws.scheduler.");
}
