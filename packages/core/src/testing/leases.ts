import type { SimulationResult } from "./simulation-result.ts";

/** The time in which an invocation had the right to run a hop, in virtual milliseconds. */
export interface LeaseInterval {
  readonly run: string;
  readonly owner: string;
  readonly hop: number;
  readonly invocation: number;
  readonly fromMs: number;
  /** When it gave the lease back, died, or the platform's time for it was over, or when the run was rewound. */
  toMs: number;
  /** The same, but for the rewinding, of which it hears later. */
  stepsUntilMs: number;
  /** Whether it ends before its invocation does, unless it is renewed. */
  readonly isRenewed: boolean;
}

/** The end of a lease: what the record says, unless that is the end of the invocation. */
function endOf(invocationEndMs: number, leaseUntilAt: number | undefined): number {
  // Clocks tell whole milliseconds.
  return leaseUntilAt !== undefined && leaseUntilAt < invocationEndMs - 2 ? leaseUntilAt : invocationEndMs;
}

/** Reads the leases of a simulation from its trace. */
export function leasesOf(result: SimulationResult): LeaseInterval[] {
  const leases: LeaseInterval[] = [];
  const byOwner = new Map<string, LeaseInterval>();
  const givenBack = new Set<LeaseInterval>();
  const deadlines = new Map<number, Deadline>();
  const rewound = new Set<LeaseInterval>();
  const end = (lease: LeaseInterval, atMs: number) => {
    lease.toMs = Math.min(lease.toMs, atMs);
    lease.stepsUntilMs = Math.min(lease.stepsUntilMs, atMs);
  };
  const move = (lease: LeaseInterval, toMs: number) => {
    lease.stepsUntilMs = toMs;
    if (!rewound.has(lease)) lease.toMs = toMs;
  };
  for (const event of result.trace) {
    const { at, invocation = 0, container } = event;
    if (event.type === "invoked") {
      const { deadlineAt, offsetMs } = event;
      deadlines.set(invocation, { endMs: deadlineAt, container, deadlineMs: deadlineAt, offsetMs });
    }
    if (event.type === "clock-jumped" && !result.platformKills) {
      // Nobody ends it at the deadline but it itself, by its own clock; and by that clock its lease lasts.
      for (const [of, deadline] of deadlines) {
        if (deadline.container !== container) continue;
        const endMs = deadline.deadlineMs + deadline.offsetMs - event.offsetMs;
        deadline.endMs = endMs >= at ? endMs : Math.min(at, deadline.endMs);
        for (const lease of leases) {
          if (lease.invocation === of && !givenBack.has(lease) && !lease.isRenewed) move(lease, deadline.endMs);
        }
      }
    }
    if (event.type === "rewound" && event.isKept) {
      for (const lease of leases) {
        if (lease.run !== event.run || givenBack.has(lease)) continue;
        lease.toMs = Math.min(lease.toMs, at);
        rewound.add(lease);
      }
    }
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
      const toMs = endOf(endMs, event.leaseUntilAt);
      const lease = {
        run,
        owner,
        hop: writeHop,
        invocation,
        fromMs: at,
        toMs,
        stepsUntilMs: toMs,
        isRenewed: toMs < endMs,
      };
      leases.push(lease);
      byOwner.set(owner, lease);
    } else if (op === "checkpoint" || op === "renew") {
      const lease = byOwner.get(owner);
      if (lease?.isRenewed) move(lease, endOf(deadlines.get(lease.invocation)!.endMs, event.leaseUntilAt));
    } else {
      const lease = byOwner.get(owner);
      if (!lease) continue;
      end(lease, at);
      givenBack.add(lease);
    }
  }
  return leases;
}

/** When an invocation's time is over. */
interface Deadline {
  endMs: number;
  readonly container: number | undefined;
  /** The platform's. */
  readonly deadlineMs: number;
  readonly offsetMs: number;
}
