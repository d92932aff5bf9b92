import { formatTraceHeader, parseTraceHeader } from "../lambda/trace-header.ts";

/**
 * The trace a batch is invoked under: that of its first message, with the deepest lineage of all, so that no message
 * escapes loop detection by the company it is in.
 */
export function batchTrace(headers: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = headers.filter((header) => header !== undefined).map(parseTraceHeader);
  if (!first) return undefined;
  const lineage = new Map(first.lineage);
  for (const other of others) {
    for (const [hash, count] of other.lineage) lineage.set(hash, Math.max(count, lineage.get(hash) ?? 0));
  }
  return formatTraceHeader({ ...first, lineage });
}
