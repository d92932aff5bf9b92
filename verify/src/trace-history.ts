import type { HopHistory, RunHistory } from "../../packages/cli/src/report/run-history.ts";
import type { TraceStep } from "./trace-step.ts";

/** A tick of a trace as the time of a report, in milliseconds. */
const TICK_MS = 60_000;
/** The lane of what happens beside the invocations. */
export const OUTSIDE_LANE = "beside the invocations";

/** A step with its moment: those of a tick follow one another at equal distances. */
interface TimedStep extends TraceStep {
  readonly atMs: number;
}

/**
 * A trace as the history of a run, which the report's timeline draws. A lane is an invocation, and a bar is its life. A fault is
 * a short mark. Sweeps, requests, and faults that strike no invocation are marks in a lane of their own.
 */
export function traceHistory(trace: readonly TraceStep[]): RunHistory {
  const steps = timed(trace);
  const endedAtMs = ((trace.at(-1)?.tick ?? 0) + 1) * TICK_MS;
  const invocations = new Map<string, HopHistory>();
  const attempts = new Map<number, number>();
  const marks: HopHistory[] = [];
  for (const { begins, ends = [], atMs, who = "", what, isFault } of steps) {
    if (begins) {
      const { invocation, hop } = begins;
      const attempt = (attempts.get(hop) ?? 0) + 1;
      attempts.set(hop, attempt);
      invocations.set(invocation, { ...bar(invocation, hop, atMs), attempt });
    }
    for (const { invocation, as } of ends) {
      const hop = invocations.get(invocation);
      if (hop) Object.assign(hop, { status: as, endedAtMs: atMs });
    }
    const own = invocations.get(who);
    if (!isFault && (own || who === "clock")) continue;
    const mark = { ...bar(own ? who : OUTSIDE_LANE, own?.hop ?? -1, atMs), endedAtMs: atMs };
    marks.push({
      ...mark,
      ...(isFault ? { status: "error", error: `${who} ${what}` } : { status: "done", cause: what }),
    });
  }
  const hops = [...invocations.values(), ...marks];
  return {
    ...{ version: 1, run: "run", app: "", input: { name: "", bytes: 0 }, timeoutMs: TICK_MS },
    ...{ startedAtMs: 0, endedAtMs, status: "failed", hops, samples: [], costUsd: 0 },
  };
}

function timed(trace: readonly TraceStep[]): TimedStep[] {
  const byTick = Map.groupBy(trace, ({ tick = 0 }) => tick);
  return [...byTick].flatMap(([tick, steps]) =>
    steps.map((step, at) => ({ ...step, atMs: (tick + (at + (tick === 0 ? 1 : 0)) / (steps.length + 1)) * TICK_MS })),
  );
}

function bar(lane: string, hop: number, startedAtMs: number): HopHistory {
  return {
    ...{ requestId: lane, run: "run", hop, attempt: 1, sandboxId: lane, cold: false },
    ...{ startedAtMs, status: "running", steps: 0 },
  };
}
