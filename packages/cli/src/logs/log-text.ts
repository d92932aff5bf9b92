import { printable } from "../printable.ts";
import { formatBytes, formatDuration, formatUsd } from "../report/format.ts";
import type { Paint } from "../terminal.ts";
import type { LoggedEvent } from "./log-line.ts";
import type { RunLogLine } from "./run-log.ts";

/** The end of a log stream's name tells instances apart. */
const INSTANCE_LENGTH = 6;

/** A line of a run's log, for people: time, hop, instance, and what was printed. */
export function logText({ at, hop, stream, message, event }: RunLogLine, paint: Paint): string {
  const where = `${at.slice(11, 23)}  hop ${String(hop).padEnd(4)} ${stream.slice(-INSTANCE_LENGTH)}  `;
  // Lambda's runtime for Node.js ends the lines within a message by carriage returns.
  const [first = "", ...rest] = event ? [eventText(event, paint)] : message.split(/\r\n|\r|\n/).map(shown);
  return [`${paint.dim(where)}${first}`, ...rest.map((line) => `${" ".repeat(where.length)}${line}`)].join("\n");
}

function shown(line: string): string {
  return printable(line.replaceAll("\t", "    "));
}

/** Fields that every event has, or that are shown elsewhere. */
const LEFT_OUT = new Set(["type", "run", "hop", "at", "steps", "remainingMs", "windowMs", "progress", "startedAt"]);

/** An event of a run: its type, and what it says beside it. */
function eventText(event: LoggedEvent, paint: Paint): string {
  const paintType = { done: paint.green, error: paint.red, stopped: paint.yellow }[event.type] ?? paint.blue;
  const facts = Object.entries(event)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => factText(name, value));
  return [paintType(printable(event.type).padEnd(10)), printable(facts.join(", "))].join(" ").trimEnd();
}

function factText(name: string, value: unknown): string {
  if (typeof value === "number" && name.endsWith("Ms")) return `${name.slice(0, -2)} ${formatDuration(value)}`;
  if (typeof value === "number" && name.endsWith("Usd")) return `${name.slice(0, -3)} ${formatUsd(value)}`;
  if (typeof value === "number" && name === "bytes") return formatBytes(value);
  return `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`;
}
