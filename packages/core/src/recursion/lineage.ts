/**
 * How deep in a chain of invocations this one is, from the `Lineage` part of the X-Ray trace header, where Lambda counts
 * for its recursive-loop detection; 0 if there is none.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 *
 * @example `lineageDepth("Root=1-5f...;Lineage=a87bd80c:12|68fd508a:5")` is 12.
 */
export function lineageDepth(traceHeader: string | undefined): number {
  const [, lineage = ""] = traceHeader?.match(/(?:^|;)\s*Lineage=([^;]*)/) ?? [];
  return Math.max(0, ...[...lineage.matchAll(/:(\d{1,9})(?=\||$)/g)].map(([, count]) => Number(count)));
}

/** Lambda stops a chain after about this many invocations unless the function's `RecursiveLoop` is `Allow`. */
export const LOOP_DETECTION_LIMIT = 16;
