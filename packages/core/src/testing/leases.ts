import type { SimulationResult } from "./simulation-result.ts";

/** The time in which an invocation had the right to run a hop, in virtual milliseconds. */
export interface LeaseInterval {
  readonly run: string;
  readonly owner: string;
  readonly hop: number;
  readonly invocation: number;
  readonly fromMs: number;
  /** When it gave the lease back, died, or the platform's time for it was over. */
  toMs: number;
}

/** Reads the leases of a simulation from its trace. */
export function leasesOf(result: SimulationResult): LeaseInterval[] {
  const leases: LeaseInterval[] = [];
  const byOwner = new Map<string, LeaseInterval>();
  const deadlines = new Map<number, { endMs: number; container: number | undefined }>();
  const end = (lease: LeaseInterval, atMs: number) => {
    if (atMs < lease.toMs) lease.toMs = atMs;
  };
  for (const event of result.trace) {
    const { at, invocation = 0, container } = event;
    if (event.type === "invoked") deadlines.set(invocation, { endMs: event.deadlineAt, container });
    if (event.type === "crashed" || (event.type === "timed-out" && event.isKilled)) {
      for (const deadline of deadlines.values()) {
        if (deadline.container === container && at < deadline.endMs) deadline.endMs = at;
      }
      for (const lease of leases) end(lease, deadlines.get(lease.invocation)!.endMs);
    }
    if (event.type !== "write" || event.answer === "refused") continue;
    const { op, run, owner, writeHop } = event;
    if (op === "begin") {
      if (byOwner.has(owner)) continue;
      const { endMs } = deadlines.get(invocation)!;
      const lease = { run, owner, hop: writeHop, invocation, fromMs: at, toMs: endMs };
      leases.push(lease);
      byOwner.set(owner, lease);
    } else if (op !== "checkpoint") {
      const lease = byOwner.get(owner);
      if (lease) end(lease, at);
    }
  }
  return leases;
}
