import type { TraceEvent } from "./trace.ts";

/**
 * Shows a trace for people, one event a line: time in ms, invocation and hop, container, what happened.
 *
 * @param options - `last`: only the last so many events; default: all
 */
export function formatTrace(trace: readonly TraceEvent[], options: { readonly last?: number } = {}): string {
  const { last = trace.length } = options;
  const shown = trace.slice(Math.max(0, trace.length - last));
  const lines = shown.map((event) => {
    const { at, job, hop, invocation, container } = event;
    const who = invocation === undefined ? "" : `#${invocation} job ${job} hop ${hop}`;
    const where = container === undefined ? "" : `[${container}]`;
    return `${at.toFixed(1).padStart(12)}  ${(who || (job === undefined ? "" : `job ${job}`)).padEnd(18)} ${where.padEnd(5)} ${describe(event)}`;
  });
  const left = trace.length - shown.length;
  return [...(left > 0 ? [`... ${left} events before`] : []), ...lines].join("\n");
}

function describe(event: TraceEvent): string {
  switch (event.type) {
    case "sent":
      return `event of hop ${event.forHop} sent by ${event.by}, delivered ${event.deliveries} time(s)`;
    case "invoked":
      return `invoked (${event.isCold ? "cold" : "warm"}, retry ${event.retry}, request ${event.requestId}, until ${event.deadlineAt.toFixed(0)})`;
    case "returned":
      return `returned ${event.status}${event.isLate ? ", too late" : ""}: ${event.why}`;
    case "threw":
      return `threw${event.isLate ? ", too late" : ""}: ${event.error}`;
    case "timed-out":
      return event.isKilled ? "timed out and was killed" : "timed out and goes on";
    case "clock-jumped":
      return `the clock jumped: ${event.offsetMs.toFixed(0)} ms ahead`;
    case "crashed":
      return `CRASHED ${event.where}`;
    case "frozen":
      return "frozen";
    case "thawed":
      return `thawed, ${event.dueTimers} timer(s) due`;
    case "on-failure":
      return "event given up";
    case "works-on":
      return `works on ${event.event}`;
    case "step":
      return `step ${event.steps + 1} begins: ${event.remainingMs.toFixed(0)} ms left, ${event.neededMs.toFixed(0)} needed`;
    case "safe-point":
      return `safe point after ${event.durationMs.toFixed(0)} ms`;
    case "bad-state":
      return `BAD STATE ${event.kind}: ${event.detail}`;
    case "waits":
      return `${event.what} waits for something that the simulation does not know`;
    case "write":
      return `${event.op} of hop ${event.writeHop} by ${event.owner} ${event.answer}${event.refusal ? ` (${event.refusal})` : ""} -> hop ${event.recordHop} ${event.phase} attempt ${event.attempt} ${event.state ?? "no state"}`;
    case "rewound":
      return `${event.isKept ? "rewound" : "NOT REWOUND"} to hop ${event.toHop} ${event.state ?? "no state"}`;
    case "too-large":
      return `TOO LARGE: ${event.what} has ${event.bytes} bytes, more than ${event.maxBytes}`;
    case "effect":
      return `effect ${event.key} = ${JSON.stringify(event.value)}${event.isAccepted ? "" : " refused"}`;
    case "called":
      return `call ${event.name}`;
    case "fault":
      return `FAULT ${event.kind} ${event.detail}`;
    case "late-timer":
      return "a timer of the ended hop fired";
    case "swept":
      return `swept: ${event.report.due} due, ${event.report.sent} sent, ${event.report.failed} failed`;
    case "asked":
      return `asked to ${event.ask}${event.isTaken ? "" : ", which was refused"}`;
  }
}
