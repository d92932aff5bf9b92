/** A line of `jsonLogObserver`, parsed; `undefined` for any other line. */
export function runEventOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.includes('"longhaul"')) return undefined;
  try {
    const { longhaul } = JSON.parse(line) as { longhaul?: unknown };
    return typeof longhaul === "object" && longhaul !== null ? (longhaul as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
