import type { SimulationResult, TraceEvent } from "@longhaul/core/testing";
import type { HopHistory, HopStatus, RunHistory } from "../../packages/cli/src/report/run-history.ts";

const STATUSES: Readonly<Record<string, HopStatus>> = {
  continued: "continued",
  done: "done",
  stopped: "stopped",
  duplicate: "duplicate",
};

/** A simulated run as the report's history, so that both are drawn by one component. */
export function historyOfSimulation(result: SimulationResult, name: string): RunHistory {
  const hops = new Map<number, HopHistory>();
  const lastSafePointMs = new Map<number, number>();
  const attempts = new Map<string, number>();
  for (const event of result.trace) {
    const { invocation } = event;
    if (invocation === undefined) continue;
    if (event.type === "invoked") hops.set(invocation, begun(event, attempts));
    const hop = hops.get(invocation);
    if (!hop || hop.endedAtMs !== undefined) continue;
    if (event.type === "safe-point") {
      hop.steps++;
      lastSafePointMs.set(invocation, event.at);
    }
    const status = endOf(event);
    if (status === undefined) continue;
    hop.status = status;
    hop.endedAtMs = event.at;
    if (status === "continued") hop.handOffMs = event.at - (lastSafePointMs.get(invocation) ?? event.at);
  }
  const ends = [...hops.values()].map(({ endedAtMs = 0 }) => endedAtMs);
  const isOpen = [...hops.values()].some(({ endedAtMs }) => endedAtMs === undefined);
  const reason = reasonOf(result);
  const starts = [...hops.values()].map(({ startedAtMs }) => startedAtMs);
  return {
    version: 1,
    run: result.jobs[0]?.run ?? "",
    app: name,
    input: { name, bytes: 0 },
    timeoutMs: [...hops.values()][0]?.windowMs ?? 0,
    startedAtMs: Math.min(...starts),
    endedAtMs: isOpen ? result.endedAtMs : Math.max(...ends),
    status: result.outcome === "done" ? "done" : "stopped",
    ...(reason !== undefined && { reason }),
    hops: [...hops.values()],
    samples: [],
    costUsd: 0,
  };
}

/** Why a run ended before its work did. */
function reasonOf({ outcome, jobs }: SimulationResult): string | undefined {
  if (outcome === "done") return undefined;
  const [first] = jobs;
  return first?.reason ? `${first.reason.code}: ${first.reason.message}` : first?.lastError;
}

function begun(event: Extract<TraceEvent, { type: "invoked" }>, attempts: Map<string, number>): HopHistory {
  const place = `${event.job} ${event.hop}`;
  const attempt = (attempts.get(place) ?? 0) + 1;
  attempts.set(place, attempt);
  return {
    requestId: event.requestId,
    run: "",
    hop: event.hop ?? -1,
    attempt,
    sandboxId: String(event.container),
    cold: event.isCold,
    startedAtMs: event.at,
    status: "running",
    steps: 0,
    windowMs: event.deadlineAt - event.at,
  };
}

function endOf(event: TraceEvent): HopStatus | undefined {
  if (event.type === "returned") return STATUSES[event.status] ?? "error";
  if (event.type === "threw") return "error";
  if (event.type === "timed-out") return "timeout";
  return event.type === "crashed" ? "exit" : undefined;
}
