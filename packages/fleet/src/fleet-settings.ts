import { type SettingIssue, settingsError } from "@longhaul/core/parts";
import * as v from "valibot";
import type { FleetLimits } from "./size/resize.ts";

/** Settings of one queue. */
export interface QueueSettings extends FleetLimits {
  readonly queueUrl: string;
  /** Name of the processor of its messages. Default: the only one there is. */
  readonly processor?: string | undefined;
  /** Messages that a loop works on at once, 1 to 10. */
  readonly batchSize: number;
  /** Time a message stays hidden, in seconds; extended while it is worked on. */
  readonly visibilitySeconds: number;
  /** Time limit of one message, in milliseconds. */
  readonly messageTimeoutMs: number;
}

/** Settings of a fleet, as {@link fleetSettings} reads them. */
export interface FleetSettings {
  /** Name of the token table. */
  readonly tokenTable: string;
  readonly queues: readonly QueueSettings[];
  /** Name of the function that runs the loops. Only the functions that start loops need it. */
  readonly loopFunction: string | undefined;
  /** Time a poll waits for messages, in seconds. */
  readonly waitSeconds: number;
  /** Time between two heartbeats of a loop, in milliseconds. A loop that is silent for three is replaced. */
  readonly heartbeatMs: number;
  /** Time a queue must be empty before its fleet returns to its minimum, in milliseconds. */
  readonly idleAfterMs: number;
  /** Time kept back for the hand-off, in milliseconds; `learned` from measured hand-offs. */
  readonly reserveMs: number | "learned";
}

/** The default time limit of a message, in visibility timeouts. */
const TIMEOUT_IN_VISIBILITIES = 5;

/** The longest time SQS hides a message, in seconds. */
const LONGEST_HIDDEN_S = 43_200;

/** Said of a setting that a queue does not have. */
const UNKNOWN = "is no setting of a queue. Take it out.";

const QUEUE_URL = /^https?:\/\/[^/]+\/\d{12}\/[\w-]{1,80}(\.fifo)?$/;

function whole(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(least, message), v.maxValue(most, message));
}

/** A number as an environment variable carries it. */
function wholeText(least: number, most: number) {
  const isWhole = (text: string) => v.is(whole(least, most), Number(text));
  return v.pipe(
    v.string(),
    v.check(isWhole, `must be a whole number from ${least} to ${most}`),
    v.transform((text) => Number(text)),
  );
}

const Queue = v.pipe(
  v.strictObject(
    {
      queueUrl: v.optional(
        v.pipe(
          v.string("must be the URL of a queue"),
          v.regex(QUEUE_URL, "must be the URL of a queue"),
          // Messages of one poll are processed side by side, and one that failed comes back behind those after it.
          v.check(
            (url) => !url.endsWith(".fifo"),
            "must be a standard queue: loops do not keep the order of a FIFO queue",
          ),
        ),
        "",
      ),
      processor: v.optional(v.string("must be the name of a processor")),
      minLoops: v.optional(whole(1, 1_000), 1),
      maxLoops: v.optional(whole(1, 1_000)),
      growBy: v.optional(whole(1, 1_000), 1),
      cooldownSeconds: v.optional(whole(0, 86_400), 60),
      batchSize: v.optional(whole(1, 10), 10),
      visibilitySeconds: v.optional(whole(2, LONGEST_HIDDEN_S), 60),
      messageTimeoutSeconds: v.optional(whole(1, LONGEST_HIDDEN_S)),
    },
    ({ expected }) => (expected === "never" ? UNKNOWN : "must be an object"),
  ),
  v.forward(
    v.partialCheck(
      [["minLoops"], ["maxLoops"]],
      ({ minLoops, maxLoops }) => maxLoops === undefined || maxLoops >= minLoops,
      "must be minLoops or more",
    ),
    ["maxLoops"],
  ),
  v.transform(({ cooldownSeconds, messageTimeoutSeconds, maxLoops, ...queue }): QueueSettings => {
    const longestS = Math.min(TIMEOUT_IN_VISIBILITIES * queue.visibilitySeconds, LONGEST_HIDDEN_S);
    return {
      ...queue,
      maxLoops: maxLoops ?? Math.max(10, queue.minLoops),
      cooldownMs: 1_000 * cooldownSeconds,
      messageTimeoutMs: 1_000 * (messageTimeoutSeconds ?? longestS),
    };
  }),
);

const Queues = v.pipe(
  v.array(Queue, "must be a list with one queue or more"),
  v.minLength(1, "must be a list with one queue or more"),
  v.checkItems(
    ({ queueUrl }, at, all) => all.findIndex((other) => other.queueUrl === queueUrl) === at,
    "must be in the list once",
  ),
);

const Environment = v.pipe(
  v.object({
    TOKEN_TABLE: v.optional(v.pipe(v.string(), v.nonEmpty("must be the name of the token table")), ""),
    QUEUES: v.optional(v.pipe(v.string(), v.parseJson({}, "must be JSON: a list of queues"), Queues), ""),
    LOOP_FUNCTION: v.optional(v.string()),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    WAIT_SECONDS: v.optional(wholeText(0, 20), "20"),
    HEARTBEAT_MS: v.optional(wholeText(100, 300_000), "20000"),
    IDLE_AFTER_MS: v.optional(wholeText(100, 86_400_000), "900000"),
    RESERVE_MS: v.optional(wholeText(1, 900_000)),
  }),
  v.transform(
    (env): FleetSettings => ({
      tokenTable: env.TOKEN_TABLE,
      queues: env.QUEUES,
      loopFunction: env.LOOP_FUNCTION,
      waitSeconds: env.WAIT_SECONDS,
      heartbeatMs: env.HEARTBEAT_MS,
      idleAfterMs: env.IDLE_AFTER_MS,
      reserveMs: env.RESERVE_MS ?? "learned",
    }),
  ),
);

/** Defaults of the variables; of those that have to be set, an empty text. */
const DEFAULTS: Readonly<Record<string, unknown>> = { ...v.getDefaults(Environment.pipe[0]), RESERVE_MS: "learned" };

/**
 * Reads a fleet's settings from environment variables. The README lists them with their defaults.
 *
 * @throws ConfigError that names each variable in the way, its value, and what to set instead.
 */
export function fleetSettings(env: Readonly<Record<string, string | undefined>>): FleetSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const read = v.safeParse(Environment, given);
  if (read.success) return read.output;
  throw settingsError(read.issues.map(issueOf));
}

function issueOf({ path, input, message }: v.BaseIssue<unknown>): SettingIssue | string {
  const keys = path?.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)) ?? [];
  const setting = `The environment variable ${keys.join("").slice(1)}`;
  if (message === UNKNOWN) return `${setting} ${message}`;
  const [variable, ...rest] = path ?? [];
  const fallback = rest.length === 0 ? DEFAULTS[String(variable?.key)] : undefined;
  const value = path?.at(-1)?.value ?? input;
  return { setting, value: value === "" ? undefined : value, rule: message, fallback };
}
