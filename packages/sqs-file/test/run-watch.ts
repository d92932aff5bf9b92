import { setTimeout as delay } from "node:timers/promises";
import type { RunEvent } from "@longhaul/core";
import type { LambdaService } from "@longhaul/local";

/** An invocation of the function, from its start to its end. */
export interface SeenInvocation {
  readonly requestId: string;
  readonly sandboxId: string;
  readonly cold: boolean;
  readonly attempt: number;
  status: "running" | "ok" | "error" | "timeout" | "exit";
  maxMemoryMb: number | undefined;
}

/** What a run said in the function's log, and in which invocation. */
export type SeenEvent = RunEvent & { readonly requestId: string | undefined };

/** What the embedded Lambda and the function's log said so far. */
export interface RunWatch {
  readonly invocations: readonly SeenInvocation[];
  /** Events of all runs, as the function logged them. */
  readonly events: readonly SeenEvent[];
  /** Calls the listener with each event to come; the answer ends that. */
  onEvent(listener: (event: SeenEvent) => void): () => void;
  /** Resolves with the first event, past or to come, for which `isWanted`. */
  until(isWanted: (event: SeenEvent) => boolean): Promise<SeenEvent>;
  /** Pid of the process that runs the invocation in which this was said. */
  pidOf(event: SeenEvent): number;
}

/** Longest wait for something that has to happen. */
const PATIENCE_MS = 60_000;

/** Watches one function. Begin before it is deployed, to know all its processes. */
export function watchRuns(lambda: LambdaService, isOurs: (functionName: string) => boolean): RunWatch {
  const invocations: SeenInvocation[] = [];
  const events: SeenEvent[] = [];
  const pids = new Map<string, number>();
  const listeners = new Set<(event: SeenEvent) => void>();
  lambda.on("sandbox.start", (event) => pids.set(event.sandboxId, event.pid));
  lambda.on("invoke.start", (event) => {
    if (!isOurs(event.functionName)) return;
    const { requestId, sandboxId, cold, attempt } = event;
    invocations.push({ requestId, sandboxId, cold, attempt, status: "running", maxMemoryMb: undefined });
  });
  lambda.on("invoke.end", (event) => {
    // Twins have one request id, and a process runs one invocation at a time.
    const seen = invocations.findLast(({ sandboxId }) => sandboxId === event.sandboxId);
    if (!seen || !isOurs(event.functionName)) return;
    seen.status = event.status;
    seen.maxMemoryMb = event.maxMemoryMb;
  });
  lambda.on("log", (event) => {
    const runEvent = isOurs(event.functionName) ? runEventOf(event.message) : undefined;
    if (runEvent === undefined) return;
    const said = { ...runEvent, requestId: event.requestId };
    events.push(said);
    for (const listener of listeners) listener(said);
  });
  return {
    invocations,
    events,
    pidOf({ requestId }) {
      const sandboxId = invocations.findLast((invocation) => invocation.requestId === requestId)?.sandboxId;
      const pid = pids.get(sandboxId ?? "");
      if (pid === undefined) throw new Error(`No sandbox runs request ${requestId}.`);
      return pid;
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async until(isWanted) {
      const known = events.find(isWanted);
      if (known) return known;
      const { promise, resolve } = Promise.withResolvers<SeenEvent>();
      const listener = (event: SeenEvent) => {
        if (isWanted(event)) resolve(event);
      };
      listeners.add(listener);
      const given = new AbortController();
      try {
        return await Promise.race([
          promise,
          delay(PATIENCE_MS, undefined, { signal: given.signal, ref: false }).then(() => {
            throw new Error(
              `Nothing such within ${PATIENCE_MS} ms. The last ones: ${JSON.stringify(events.slice(-5))}`,
            );
          }),
        ]);
      } finally {
        given.abort();
        listeners.delete(listener);
      }
    },
  };
}

/** A line of `jsonLogObserver`; `undefined` for any other. */
function runEventOf(line: string): RunEvent | undefined {
  if (!line.includes('"longhaul"')) return undefined;
  try {
    return (JSON.parse(line) as { longhaul?: RunEvent }).longhaul;
  } catch {
    return undefined;
  }
}
