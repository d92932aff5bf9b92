/** The parts of an `X-Amzn-Trace-Id` header. */
export interface TraceHeader {
  /** Identifies the whole trace: `1-<8 hex: epoch seconds>-<24 hex>`. */
  readonly root: string | undefined;
  /** Segment that caused this one, 16 hex digits. */
  readonly parent: string | undefined;
  readonly sampled: string | undefined;
  /** How often each function (by hash) has already been invoked in this chain, counted from 0. */
  readonly lineage: ReadonlyMap<string, number>;
}

/**
 * Reads `Root=...;Parent=...;Sampled=0;Lineage=a87bd80c:1|68fd508a:5`. Unknown parts and malformed lineage entries are
 * passed over: the header comes from function code. A leading version in the lineage (`1:a87bd80c:0`) is understood.
 */
export function parseTraceHeader(header: string | undefined): TraceHeader {
  const parts = new Map<string, string>();
  for (const part of (header ?? "").split(";")) {
    const equals = part.indexOf("=");
    if (equals > 0) parts.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  return {
    root: parts.get("root") || undefined,
    parent: parts.get("parent") || undefined,
    sampled: parts.get("sampled") || undefined,
    lineage: parseLineage(parts.get("lineage") ?? ""),
  };
}

function parseLineage(text: string): Map<string, number> {
  const lineage = new Map<string, number>();
  for (const entry of text.split("|")) {
    const match = /^(?:\d+:)?([0-9a-f]{1,64}):(\d{1,9})$/i.exec(entry.trim());
    if (!match) continue;
    const hash = (match[1] as string).toLowerCase();
    lineage.set(hash, Math.max(Number(match[2]), lineage.get(hash) ?? 0));
  }
  return lineage;
}

/** Writes a header that {@link parseTraceHeader} reads back. Absent parts are left out. */
export function formatTraceHeader(trace: TraceHeader): string {
  const parts: string[] = [];
  if (trace.root) parts.push(`Root=${trace.root}`);
  if (trace.parent) parts.push(`Parent=${trace.parent}`);
  if (trace.sampled) parts.push(`Sampled=${trace.sampled}`);
  if (trace.lineage.size > 0) {
    parts.push(`Lineage=${[...trace.lineage].map(([hash, count]) => `${hash}:${count}`).join("|")}`);
  }
  return parts.join(";");
}
