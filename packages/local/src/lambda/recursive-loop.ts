import { createHash } from "node:crypto";
import { formatTraceHeader, parseTraceHeader } from "./trace-header.ts";

/**
 * A chain may invoke one function this often; the next invocation is stopped.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
const MAX_CHAINED_INVOCATIONS = 16;

/** Lambda's reaction to a recursive loop. */
export type RecursiveLoop = "Allow" | "Terminate";

/** The trace an invocation runs under, and whether it may run at all. */
export interface ChainLink {
  /** Header to hand to the function, with this invocation counted in. */
  readonly traceHeader: string;
  /** Invocations of this function in the chain, this one included. */
  readonly chainedInvocations: number;
  /** The chain is too long and the function does not allow that. */
  readonly isLoop: boolean;
}

/** Eight hex digits that stand for a function in a lineage; the same for all its versions and aliases. */
export function lineageHash(functionArn: string): string {
  return createHash("sha256").update(functionArn).digest("hex").slice(0, 8);
}

/**
 * Counts one more invocation of a function in the chain that `incoming` describes. The count continues when loops are
 * allowed, so a function that reads its lineage sees the true depth.
 */
export function chainLink(
  incoming: string | undefined,
  functionArn: string,
  recursiveLoop: RecursiveLoop,
  nowMs: number,
  uuid: () => string,
): ChainLink {
  const trace = parseTraceHeader(incoming);
  const hash = lineageHash(functionArn);
  const before = trace.lineage.get(hash);
  const count = before === undefined ? 0 : before + 1;
  const lineage = new Map(trace.lineage).set(hash, count);
  const hex = (digits: number) => uuid().replaceAll("-", "").slice(0, digits);
  return {
    traceHeader: formatTraceHeader({
      root: trace.root ?? `1-${Math.floor(nowMs / 1000).toString(16)}-${hex(24)}`,
      parent: hex(16),
      sampled: trace.sampled ?? "0",
      lineage,
    }),
    chainedInvocations: count + 1,
    isLoop: recursiveLoop === "Terminate" && count + 1 > MAX_CHAINED_INVOCATIONS,
  };
}
