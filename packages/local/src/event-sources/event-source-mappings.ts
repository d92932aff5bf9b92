import type { Clock } from "../gateway/clock.ts";
import { AccessDenied, type Principal } from "../gateway/service.ts";
import { parseFunctionName } from "../lambda/function-name.ts";
import type { LambdaService } from "../lambda/lambda.ts";
import { invalidParameter, LambdaError } from "../lambda/lambda-error.ts";
import { createQuiet } from "../lambda/quiet.ts";
import type { SqsService } from "../sqs/sqs.ts";
import { type MappingSettings, type ResolvedMappingSettings, resolveSettings } from "./mapping-settings.ts";
import { type EventSourceFaults, type QueuePoller, startQueuePoller } from "./queue-poller.ts";

/** A queue whose messages are handed to a function. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly arn: string;
  readonly eventSourceArn: string;
  readonly functionArn: string;
  readonly settings: ResolvedMappingSettings;
  readonly modifiedAtMs: number;
  /** The last problem of the poller. */
  readonly problem: string | undefined;
}

/** The event source mappings of the embedded Lambda. */
export interface EventSourceMappings {
  /**
   * Begins to hand a queue's messages to a function.
   *
   * @throws LambdaError for a function or queue that is missing, a pair that is mapped already, a visibility timeout
   * shorter than the function's, a role that may not receive from the queue, and settings that Lambda refuses.
   */
  create(eventSourceArn: string, settings: MappingSettings & { readonly functionName: string }): EventSourceMapping;
  /** @throws LambdaError `ResourceNotFoundException` */
  get(uuid: string): EventSourceMapping;
  list(filter?: { readonly eventSourceArn?: string; readonly functionName?: string }): readonly EventSourceMapping[];
  /** Changes what is said and keeps the rest. Batches under way go on as they were begun. */
  update(uuid: string, settings: MappingSettings): EventSourceMapping;
  /** @throws LambdaError `ResourceNotFoundException` */
  delete(uuid: string): EventSourceMapping;
  /**
   * Settles when the queues of all enabled mappings are empty (nothing in flight or delayed) and no function is at work on
   * their messages. Messages that failed keep it waiting until they have succeeded or are dead letters.
   *
   * @param eventSourceArn - looks at this queue alone.
   */
  idle(eventSourceArn?: string): Promise<void>;
  /** Ends all polling. */
  stop(): void;
}

/** Options of {@link createEventSourceMappings}. */
export interface EventSourceOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly randomUUID: () => string;
  readonly sqs: Pick<SqsService, "queues">;
  readonly lambda: Pick<LambdaService, "invoke" | "getFunction">;
  /** Consulted for what the poller does with the function's role. @throws {AccessDenied} */
  readonly authorize: (principal: Principal, action: string, resourceArn: string) => void;
  /** Most batches of one mapping at a time on this machine. @defaultValue 64 */
  readonly maxBatches?: number;
  readonly faults?: EventSourceFaults;
  /** Told when a queue cannot be polled or a function cannot be invoked. */
  readonly onProblem: (error: unknown, eventSourceArn: string) => void;
}

type Entry = { mapping: EventSourceMapping; poller: QueuePoller | undefined };

/** Creates the mappings, of which there are none at first. */
export function createEventSourceMappings(options: EventSourceOptions): EventSourceMappings {
  const { clock, sqs, lambda } = options;
  const entries = new Map<string, Entry>();
  const quiet = createQuiet();

  function entryOf(uuid: string): Entry {
    const entry = entries.get(uuid);
    if (entry) return entry;
    throw new LambdaError("ResourceNotFoundException", 404, "The resource you requested does not exist.");
  }

  function targetOf(functionName: string): { readonly functionArn: string; readonly principal: Principal } {
    const { arn, roleArn } = lambda.getFunction(functionName);
    const { qualifier } = parseFunctionName(functionName);
    const functionArn = qualifier === undefined ? arn : `${arn}:${qualifier}`;
    return { functionArn, principal: { roleArn, accessKeyId: "lambda.amazonaws.com" } };
  }

  /** The checks that Lambda makes before it begins to poll. */
  function check(eventSourceArn: string, functionArn: string, principal: Principal): void {
    const queue = sqs.queues.find(eventSourceArn);
    if (!queue) {
      throw invalidParameter(
        eventSourceArn.split(":")[2] === "sqs"
          ? `Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.`
          : `The embedded Lambda polls SQS queues only, not ${eventSourceArn.slice(0, 200)}.`,
      );
    }
    for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
      try {
        options.authorize(principal, `sqs:${action}`, eventSourceArn);
      } catch (error) {
        if (!(error instanceof AccessDenied)) throw error;
        throw invalidParameter(
          `The provided execution role does not have permissions to call ${action} on SQS (${error.message}).`,
        );
      }
    }
    const { visibilityTimeoutSeconds } = queue.messages.settings;
    const { timeoutSeconds } = lambda.getFunction(functionArn);
    if (visibilityTimeoutSeconds < timeoutSeconds) {
      throw invalidParameter(
        `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
      );
    }
  }

  function start(entry: Entry, principal: Principal): void {
    entry.poller?.stop();
    entry.poller = undefined;
    const { eventSourceArn, functionArn, settings } = entry.mapping;
    if (!settings.isEnabled) return;
    entry.poller = startQueuePoller({
      queueArn: eventSourceArn,
      functionArn,
      settings,
      clock,
      queues: sqs.queues,
      lambda,
      maxBatches: options.maxBatches ?? 64,
      faults: options.faults ?? {},
      quiet,
      authorize: (action) => options.authorize(principal, action, eventSourceArn),
      onProblem(error) {
        const problem = error === undefined ? undefined : error instanceof Error ? error.message : String(error);
        if (problem === entry.mapping.problem) return;
        entry.mapping = { ...entry.mapping, problem };
        if (problem !== undefined) options.onProblem(error, eventSourceArn);
      },
    });
  }

  return {
    create(eventSourceArn, said) {
      const settings = resolveSettings(said);
      const { functionArn, principal } = targetOf(said.functionName);
      check(eventSourceArn, functionArn, principal);
      const known = [...entries.values()].find(
        ({ mapping }) => mapping.eventSourceArn === eventSourceArn && mapping.functionArn === functionArn,
      );
      if (known) {
        throw new LambdaError(
          "ResourceConflictException",
          409,
          `An event source mapping with SQS arn (" ${eventSourceArn} ") and function (" ${functionArn.split(":")[6]} ") already exists. Please update or delete the existing mapping with UUID ${known.mapping.uuid}`,
        );
      }
      const uuid = options.randomUUID();
      const arn = `arn:aws:lambda:${options.region}:${options.accountId}:event-source-mapping:${uuid}`;
      const modifiedAtMs = clock.nowMs();
      const mapping = { uuid, arn, eventSourceArn, functionArn, settings, modifiedAtMs, problem: undefined };
      const entry: Entry = { mapping, poller: undefined };
      entries.set(uuid, entry);
      start(entry, principal);
      return entry.mapping;
    },
    get: (uuid) => entryOf(uuid).mapping,
    list({ eventSourceArn, functionName } = {}) {
      const functionArn = functionName === undefined ? undefined : targetOf(functionName).functionArn;
      return [...entries.values()]
        .map(({ mapping }) => mapping)
        .filter((mapping) => eventSourceArn === undefined || mapping.eventSourceArn === eventSourceArn)
        .filter((mapping) => functionArn === undefined || mapping.functionArn === functionArn);
    },
    update(uuid, said) {
      const entry = entryOf(uuid);
      const { eventSourceArn } = entry.mapping;
      const settings = resolveSettings(said, entry.mapping.settings);
      const { functionArn, principal } = targetOf(said.functionName ?? entry.mapping.functionArn);
      check(eventSourceArn, functionArn, principal);
      entry.mapping = { ...entry.mapping, functionArn, settings, modifiedAtMs: clock.nowMs() };
      start(entry, principal);
      return entry.mapping;
    },
    delete(uuid) {
      const { mapping, poller } = entryOf(uuid);
      entries.delete(uuid);
      poller?.stop();
      return mapping;
    },
    async idle(eventSourceArn) {
      const watched = () =>
        [...entries.values()].flatMap(({ mapping }) => {
          const isWatched = eventSourceArn === undefined || mapping.eventSourceArn === eventSourceArn;
          const queue = sqs.queues.find(mapping.eventSourceArn);
          return isWatched && mapping.settings.isEnabled && queue ? [queue.messages] : [];
        });
      for (;;) {
        await quiet.idle();
        const busy = watched().filter((messages) => !messages.isEmpty);
        if (busy.length === 0) return;
        await Promise.all(busy.map((messages) => messages.emptied()));
      }
    },
    stop() {
      for (const { poller } of entries.values()) poller?.stop();
    },
  };
}
