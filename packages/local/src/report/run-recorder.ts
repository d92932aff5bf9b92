import type { LambdaEvents } from "../lambda/lambda-events.ts";
import type { HopHistory, RunHistory } from "./run-history.ts";

/** The events of the embedded Lambda a recorder listens to. */
export interface LambdaEventSource {
  on<Name extends keyof LambdaEvents>(name: Name, listener: (event: LambdaEvents[Name]) => void): () => void;
}

/** What is known when a run is begun. */
export interface RecorderOptions {
  readonly app: string;
  readonly functionName: string;
  readonly input: RunHistory["input"];
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Called after each change. */
  readonly onChange?: (history: RunHistory) => void;
}

/** A run being recorded. */
export interface RunRecorder {
  readonly history: RunHistory;
  /** Resolves when the run has ended, or its event was dropped by the platform. */
  readonly ended: Promise<RunHistory>;
  stop(): void;
}

/** A line of `jsonLogObserver`, parsed; `undefined` for any other line. */
function runEventOf(line: string): Record<string, unknown> | undefined {
  if (!line.includes('"longhaul"')) return undefined;
  try {
    const { longhaul } = JSON.parse(line) as { longhaul?: unknown };
    return typeof longhaul === "object" && longhaul !== null ? (longhaul as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Records one run from what the embedded Lambda says of its invocations and what the function logs. */
export function recordRun(lambda: LambdaEventSource, options: RecorderOptions): RunRecorder {
  const { now, onChange } = options;
  const history: RunHistory = {
    version: 1,
    run: "",
    app: options.app,
    input: options.input,
    timeoutMs: options.timeoutMs,
    startedAtMs: now(),
    status: "running",
    hops: [],
    samples: [],
    costUsd: 0,
  };
  const open = new Map<string, HopHistory>();
  const { promise: ended, resolve } = Promise.withResolvers<RunHistory>();
  const isOurs = (event: { functionName: string }) => event.functionName === options.functionName;
  const end = (status: RunHistory["status"], reason?: string) => {
    if (history.status !== "running") return;
    history.status = status;
    if (reason !== undefined) history.reason = reason;
    history.endedAtMs = now();
    resolve(history);
  };
  const unsubscribe = [
    lambda.on("invoke.start", (event) => {
      if (!isOurs(event)) return;
      const { requestId, attempt, sandboxId, cold, startedAtMs } = event;
      const hop: HopHistory = {
        requestId,
        hop: -1,
        attempt,
        sandboxId,
        cold,
        startedAtMs,
        status: "running",
        steps: 0,
      };
      open.set(requestId, hop);
      history.hops.push(hop);
      onChange?.(history);
    }),
    lambda.on("log", (event) => {
      if (!isOurs(event)) return;
      const said = runEventOf(event.message);
      const hop = open.get(event.requestId ?? "");
      if (!said || !hop) return;
      note(history, hop, said);
      if (said.type === "done") end("done");
      if (said.type === "stopped") end("stopped", String(said.message));
      onChange?.(history);
    }),
    lambda.on("invoke.end", (event) => {
      const hop = open.get(event.requestId);
      if (!isOurs(event) || !hop) return;
      open.delete(event.requestId);
      hop.endedAtMs = hop.startedAtMs + event.durationMs;
      hop.billedMs = event.billedMs;
      if (event.initMs !== undefined) hop.initMs = event.initMs;
      if (event.maxMemoryMb !== undefined) hop.maxMemoryMb = event.maxMemoryMb;
      if (event.status !== "ok") {
        hop.status = event.status;
        if (event.error !== undefined) hop.error = event.error;
      } else if (hop.status === "running") {
        hop.status = "duplicate";
      }
      onChange?.(history);
    }),
    lambda.on("dropped", (event) => {
      if (!isOurs(event)) return;
      const last = history.hops.findLast(({ error }) => error !== undefined)?.error;
      end("failed", last ?? `the platform dropped the event: ${event.reason}`);
      onChange?.(history);
    }),
  ];
  return {
    history,
    ended,
    stop() {
      for (const off of unsubscribe) off();
    },
  };
}

/** Takes in what the function said of its hop. */
function note(history: RunHistory, hop: HopHistory, said: Record<string, unknown>): void {
  if (typeof said.run === "string") history.run ||= said.run;
  if (typeof said.hop === "number") hop.hop = said.hop;
  if (typeof said.steps === "number") hop.steps = said.steps;
  if (typeof said.costUsd === "number") history.costUsd = Math.max(history.costUsd, said.costUsd);
  if (typeof said.remainingMs === "number") hop.unusedMs = said.remainingMs;
  const { progress } = said;
  if (
    typeof progress === "object" &&
    progress !== null &&
    typeof said.at === "number" &&
    Object.keys(progress).length > 0
  ) {
    history.samples.push({ atMs: said.at, progress: progress as Record<string, number> });
  }
  switch (said.type) {
    case "hop.start":
      hop.windowMs = said.windowMs as number;
      hop.reserveMs = said.reserveMs as number;
      hop.attempt = Math.max(hop.attempt, Number(said.attempt));
      break;
    case "handoff":
      hop.status = "continued";
      hop.cause = said.cause as string;
      hop.handOffMs = said.durationMs as number;
      break;
    case "done":
    case "stopped":
    case "duplicate":
      hop.status = said.type;
      break;
    case "error":
      hop.error = `${said.code}: ${said.message}`;
      break;
  }
}
