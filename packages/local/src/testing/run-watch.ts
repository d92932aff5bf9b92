import { setTimeout as delay } from "node:timers/promises";
import { LocalAwsError } from "../gateway/local-aws-error.ts";
import type { LambdaService } from "../lambda/lambda.ts";
import { runEventOf } from "./run-event.ts";

/** An invocation of a watched function, from its start to its end. */
export interface SeenInvocation {
  readonly requestId: string;
  readonly sandboxId: string;
  readonly cold: boolean;
  /** 1 for the first try of an event. */
  readonly attempt: number;
  readonly status: "running" | "ok" | "error" | "timeout" | "exit";
  /** Most resident memory of the process, in MB; `undefined` until the invocation has ended. */
  readonly maxMemoryMb: number | undefined;
}

/** The fields that every event of a run has. `RunEvent` of `@longhaul/core` has more. */
export interface LoggedRunEvent {
  readonly type: string;
  readonly run: string;
  readonly hop: number;
}

/** An event of a run in a function's log, and its invocation. */
export type SeenEvent<Said extends LoggedRunEvent = LoggedRunEvent> = Said & {
  readonly requestId: string | undefined;
};

/** Everything the embedded Lambda and the functions' log said so far. */
export interface RunWatch<Said extends LoggedRunEvent = LoggedRunEvent> {
  readonly invocations: readonly SeenInvocation[];
  /** Events of all runs, as `jsonLogObserver` logged them. */
  readonly events: readonly SeenEvent<Said>[];
  /** Calls the listener with each event to come; the answer ends that. */
  onEvent(listener: (event: SeenEvent<Said>) => void): () => void;
  /**
   * Resolves with the first event, past or to come, for which `isWanted`.
   *
   * @throws {@link NotSeenError} if there is none for as long as the watch has patience.
   */
  until(isWanted: (event: SeenEvent<Said>) => boolean): Promise<SeenEvent<Said>>;
  /**
   * Pid of the process that runs the invocation in which this was said, for a test to kill.
   *
   * @throws {@link NoSandboxError} if its start was not seen: watch before the function first runs.
   */
  pidOf(event: Pick<SeenEvent, "requestId">): number;
}

/** How a test watches. */
export interface RunWatchOptions {
  /** Longest wait of {@link RunWatch.until}, in milliseconds. Default 60,000. */
  readonly patienceMs?: number;
}

/** Thrown when an event that a test waits for did not happen. */
export class NotSeenError extends LocalAwsError {
  constructor(patienceMs: number, last: readonly LoggedRunEvent[]) {
    super("NotSeen", `Nothing such within ${patienceMs} ms. The last ones: ${JSON.stringify(last)}`);
  }
}

/** No process is known to run an invocation. */
export class NoSandboxError extends LocalAwsError {
  constructor(requestId: string | undefined) {
    super("NoSandbox", `No sandbox runs request ${requestId}. Watch the function before it runs.`);
  }
}

/**
 * Watches the runs of functions that log with `jsonLogObserver`: of one by its name, or of all that `isOurs` names. Begin
 * before the function first runs, to know all its processes.
 *
 * @example
 * ```ts
 * const watch = watchRuns<RunEvent>(aws.lambda, outputs.FunctionName);
 * const handedOff = await watch.until(({ type, hop }) => type === "handoff" && hop === 1);
 * process.kill(watch.pidOf(handedOff), "SIGKILL");
 * ```
 */
export function watchRuns<Said extends LoggedRunEvent = LoggedRunEvent>(
  lambda: Pick<LambdaService, "on">,
  isOurs: string | ((functionName: string) => boolean),
  { patienceMs = 60_000 }: RunWatchOptions = {},
): RunWatch<Said> {
  const isWatched = typeof isOurs === "string" ? (functionName: string) => functionName === isOurs : isOurs;
  const invocations: { -readonly [Field in keyof SeenInvocation]: SeenInvocation[Field] }[] = [];
  const events: SeenEvent<Said>[] = [];
  const pids = new Map<string, number>();
  const listeners = new Set<(event: SeenEvent<Said>) => void>();
  lambda.on("sandbox.start", (event) => pids.set(event.sandboxId, event.pid));
  lambda.on("invoke.start", (event) => {
    if (!isWatched(event.functionName)) return;
    const { requestId, sandboxId, cold, attempt } = event;
    invocations.push({ requestId, sandboxId, cold, attempt, status: "running", maxMemoryMb: undefined });
  });
  lambda.on("invoke.end", (event) => {
    // Twins have one request id, and a process runs one invocation at a time.
    const seen = invocations.findLast(({ sandboxId }) => sandboxId === event.sandboxId);
    if (!seen || !isWatched(event.functionName)) return;
    seen.status = event.status;
    seen.maxMemoryMb = event.maxMemoryMb;
  });
  lambda.on("log", (event) => {
    const said = isWatched(event.functionName) ? runEventOf(event.message) : undefined;
    if (said === undefined) return;
    const seen = { ...(said as unknown as Said), requestId: event.requestId };
    events.push(seen);
    for (const listener of listeners) listener(seen);
  });
  const onEvent: RunWatch<Said>["onEvent"] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    invocations,
    events,
    onEvent,
    pidOf({ requestId }) {
      const sandboxId = invocations.findLast((invocation) => invocation.requestId === requestId)?.sandboxId;
      const pid = pids.get(sandboxId ?? "");
      if (pid === undefined) throw new NoSandboxError(requestId);
      return pid;
    },
    async until(isWanted) {
      const known = events.find(isWanted);
      if (known) return known;
      const { promise, resolve } = Promise.withResolvers<SeenEvent<Said>>();
      const end = onEvent((event) => {
        if (isWanted(event)) resolve(event);
      });
      const given = new AbortController();
      try {
        return await Promise.race([
          promise,
          delay(patienceMs, undefined, { signal: given.signal, ref: false }).then(() => {
            throw new NotSeenError(patienceMs, events.slice(-5));
          }),
        ]);
      } finally {
        given.abort();
        end();
      }
    },
  };
}
