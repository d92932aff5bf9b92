import { SQSClient } from "@aws-sdk/client-sqs";
import { sdkSettings } from "../calls/sdk-settings.ts";
import { assertAmount } from "../config.ts";
import { ConfigError, EventError } from "../errors.ts";
import type { UploadedObject } from "../news/upload-news.ts";
import type { Observer } from "../observe/observer.ts";
import type { InvocationContext, RecursiveOptions, RunContext, StateOptions } from "../options.ts";
import type { Work } from "../pump.ts";
import { lazyLambdaDriver } from "../recursion/lazy-lambda.ts";
import type { Outcome } from "../recursion/outcome.ts";
import { sqsDriver } from "../recursion/sqs-driver.ts";
import type { SqsBatchResponse } from "../recursion/sqs-handler.ts";
import { unchecked } from "../recursive.ts";
import type { StandardSchema } from "../state/codec.ts";
import type { RunStore } from "../state/run-store.ts";
import type { Inbox } from "./inbox.ts";
import { inboxQueue, type QueueUrls } from "./inbox-queue.ts";
import { workQueuedHop } from "./queued-hop.ts";
import { receiveMessages } from "./receive-messages.ts";
import type { LookTimes } from "./run-verdict.ts";
import { isMessages, messagesOf, stateKey, type UploadEvent, uploadOfRun } from "./upload-run.ts";

/**
 * Work on one uploaded object, for {@link queuedRuns}; any other option of `recursive()` may be part of it. A result
 * `{ status: "rejected", code, message }` says that the object can never be worked off: its message goes to the dead-letter
 * queue with that reason.
 */
export interface QueuedWork<State, Result>
  extends Omit<
    RecursiveOptions<UploadEvent, State, Result>,
    "start" | "run" | "runId" | "state" | "driver" | "store" | "observers"
  > {
  /** How states are checked and stored. Their key is that of all queued runs. */
  readonly state?: Omit<StateOptions<State>, "key"> | undefined;
  /** The state a run begins with. A state of `0` means this one: a run whose state is `0` begins anew. */
  readonly start: (upload: UploadedObject) => State | Promise<State>;
  /** The work, as of `recursive()`, on this object. */
  readonly run: (upload: UploadedObject, state: State, context: RunContext<UploadEvent, State>) => Work<State, Result>;
}

/** Options of {@link queuedRuns}. */
export interface QueuedRunsOptions extends QueueUrls, Partial<LookTimes> {
  /** Keeps one record per run, which tells a message whether its runs are over. */
  readonly store: RunStore;
  readonly observers?: readonly Observer[] | undefined;
  /** How a run continues: by a message in its own queue (`sqs`, default), or by invoking the function (`lambda`). */
  readonly continueBy?: "sqs" | "lambda" | undefined;
  /** Receives after which a message that is not over goes to the dead-letter queue: at most 39, default 30. */
  readonly maxLooks?: number | undefined;
  /** Most uploads whose runs begin in one invocation; the others begin in invocations of their own. Default 10. */
  readonly uploadsPerInvocation?: number | undefined;
  /** A client of your own. Default: one per function instance, made from the environment. */
  readonly client?: SQSClient | undefined;
  /** Takes one line of the log. Default: prints it as JSON. */
  readonly log?: ((line: Readonly<Record<string, unknown>>) => void) | undefined;
}

/** A handler for the messages of a queue, and for hops that invoke the function. */
export type QueuedHandler<Result> = (
  event: unknown,
  context: InvocationContext,
) => Promise<SqsBatchResponse | Outcome<Result>>;

// A message is hidden for at most 12 hours, counted from its receipt; up to a quarter of an hour of that is the invocation's:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
const LAST_LOOK_SECONDS = 11 * 3_600;
const MAX_LAST_LOOK_SECONDS = (12 * 60 - 15) * 60;
// SQS takes a message to the dead-letter queue, without a reason, after 40.
const MAX_LOOKS = 39;
/** Time kept for answering, in milliseconds. */
const MARGIN_MS = 100;

/**
 * Runs under the protection of their messages: each upload that a message of the queue announces gets a run of its own, and
 * the message stays in the queue until the records of its runs say that they are over. So wherever a run is lost, its message
 * comes back and finds out. What fails permanently goes to the dead-letter queue, with the reason in the attributes
 * `reasonCode` and `reason`.
 *
 * The queue needs a redrive policy of 40 receives, and the mapping `ReportBatchItemFailures`. The role needs
 * `sqs:ChangeMessageVisibility` and `sqs:DeleteMessage` on the queue, `sqs:SendMessage` on the dead-letter queue, and what the
 * way to continue needs.
 *
 * @throws ConfigError for an option that cannot be used.
 *
 * @example
 * ```ts
 * export const handler = queuedRuns(recordsOf({ schema, store }), { store: dynamodbRunStore(), queueUrl, deadLetterUrl });
 * ```
 */
export function queuedRuns<State, Result>(
  work: QueuedWork<State, Result>,
  options: QueuedRunsOptions,
): QueuedHandler<Result> {
  const {
    store,
    queueUrl,
    deadLetterUrl,
    observers,
    continueBy = "sqs",
    client = new SQSClient(sdkSettings()),
  } = options;
  const { start, run, state: kept = {}, ...rest } = work;
  const looks = looksOf(options);
  for (const [name, url] of Object.entries({ queueUrl, deadLetterUrl })) {
    if (typeof url !== "string" || url === "")
      throw new ConfigError(`queuedRuns() needs the option ${name}: the URL of a queue.`);
  }
  if (continueBy !== "sqs" && continueBy !== "lambda") {
    throw new ConfigError(`continueBy must be "sqs" or "lambda", not ${JSON.stringify(continueBy)}.`);
  }
  const driver = continueBy === "sqs" ? sqsDriver({ queueUrl, client }) : lazyLambdaDriver();
  const handler = unchecked<UploadEvent, State, Result>({
    ...rest,
    state: { ...kept, key: stateKey, ...(kept.schema && { schema: orBeginning(kept.schema) }) },
    driver,
    store,
    observers,
    runId: (event) => uploadOfRun(event).run,
    start: () => BEGINNING as State,
    async *run(state, context) {
      const { file } = uploadOfRun(context.event);
      return yield* run(file, state === BEGINNING ? await start(file) : state, context);
    },
  });
  const inbox: Omit<Inbox, "queue"> = {
    ...looks,
    store,
    work: handler,
    driver,
    now: Date.now,
    log: options.log ?? ((line) => console.log(JSON.stringify(line))),
  };

  return async (event, context) => {
    if (typeof event !== "object" || event === null) throw new EventError("The event must be an object.");
    const getRemainingTimeInMillis = () => context.getRemainingTimeInMillis();
    const queue = inboxQueue(
      client,
      { queueUrl, deadLetterUrl },
      { budgetMs: () => getRemainingTimeInMillis() - MARGIN_MS },
    );
    // The record of a run that failed brings its message to the dead-letter queue: the invocation is not to fail as well.
    const own = { ...context, getRemainingTimeInMillis, readsOutcome: true };
    if (isMessages(event)) return receiveMessages({ ...inbox, queue }, messagesOf(event.Records), own);
    return (await workQueuedHop({ ...inbox, queue }, event as UploadEvent, own)) as Outcome<Result>;
  };
}

/** The state that an event brings whose run has not begun; see {@link beginningEvent}. */
const BEGINNING = 0;

function orBeginning<State>(schema: StandardSchema<State>): StandardSchema<State> {
  const { validate, ...rest } = schema["~standard"];
  return {
    "~standard": { ...rest, validate: (state) => (state === BEGINNING ? { value: state as State } : validate(state)) },
  };
}

function looksOf(options: QueuedRunsOptions): LookTimes & Pick<Inbox, "maxLooks" | "uploadsPerInvocation"> {
  const looks = {
    firstLookSeconds: options.firstLookSeconds ?? 30,
    lastLookSeconds: options.lastLookSeconds ?? LAST_LOOK_SECONDS,
    maxLooks: options.maxLooks ?? 30,
    uploadsPerInvocation: options.uploadsPerInvocation ?? 10,
  };
  const most = { lastLookSeconds: MAX_LAST_LOOK_SECONDS, maxLooks: MAX_LOOKS };
  for (const [name, value] of Object.entries(looks)) assertAmount(name, value);
  for (const [name, max] of Object.entries(most)) {
    const value = looks[name as keyof typeof most];
    if (value > max) throw new ConfigError(`${name} must be ${max} or less, not ${value}.`);
  }
  return looks;
}
