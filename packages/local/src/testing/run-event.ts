/** The fields every event of a run has; more by its type. Untrusted: a function may print anything. */
export type RunEventFields = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly run: string;
  readonly hop: number;
};

/** A line of `jsonLogObserver`, parsed; `undefined` for any other line, also for one that only looks like it. */
export function runEventOf(line: string): RunEventFields | undefined {
  if (!line.includes('"longhaul"')) return undefined;
  try {
    const parsed: unknown = JSON.parse(line);
    const event = isObject(parsed) ? parsed.longhaul : undefined;
    return isObject(event) && isRunEvent(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function isRunEvent(event: Readonly<Record<string, unknown>>): event is RunEventFields {
  return isName(event.type) && isName(event.run) && isCount(event.hop);
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
