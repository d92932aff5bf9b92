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

/** Reads the leases of a simulation from its trace. */
export function leasesOf(result: SimulationResult): LeaseInterval[] {
  const leases: LeaseInterval[] = [];
  const byOwner = new Map<string, LeaseInterval>();
  const givenBack = new Set<LeaseInterval>();
  const deadlines = new Map<number, Deadline>();
  /** How far the clock of a container is ahead, now. */
  const offsets = new Map<number | undefined, number>();
  const rewound = new Set<LeaseInterval>();
  const end = (lease: LeaseInterval, atMs: number) => {
    lease.toMs = Math.min(lease.toMs, atMs);
    lease.stepsUntilMs = Math.min(lease.stepsUntilMs, atMs);
  };
  /** The end of a lease: what the record says, unless that is the end of the invocation, by the clock that wrote it. */
  const endOf = (invocation: number, leaseUntilAt: number | undefined): { toMs: number; isRenewed: boolean } => {
    const deadline = deadlines.get(invocation)!;
    const ownEndMs = ownEndOf(deadline, offsets.get(deadline.container) ?? 0);
    // Clocks tell whole milliseconds.
    const isRenewed = leaseUntilAt !== undefined && leaseUntilAt < ownEndMs - 2;
    return { toMs: isRenewed ? Math.min(leaseUntilAt, deadline.endMs) : deadline.endMs, isRenewed };
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
      offsets.set(container, offsetMs);
    }
    if (event.type === "clock-jumped") offsets.set(container, event.offsetMs);
    if (event.type === "clock-jumped" && !result.platformKills) {
      // Nobody ends it at the deadline but it itself, by its own clock; and by that clock its lease lasts.
      for (const [of, deadline] of deadlines) {
        if (deadline.container !== container) continue;
        const endMs = ownEndOf(deadline, event.offsetMs);
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
      const { toMs, isRenewed } = endOf(invocation, event.leaseUntilAt);
      const lease = { run, owner, hop: writeHop, invocation, fromMs: at, toMs, stepsUntilMs: toMs, isRenewed };
      leases.push(lease);
      byOwner.set(owner, lease);
    } else if (op === "checkpoint" || op === "renew") {
      const lease = byOwner.get(owner);
      if (lease?.isRenewed) move(lease, endOf(lease.invocation, event.leaseUntilAt).toMs);
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
  /** How far its clock was ahead when it was invoked, and told how long it has. */
  readonly offsetMs: number;
}

/** When an invocation's time is over by its own clock, which is so far ahead now. */
function ownEndOf({ deadlineMs, offsetMs }: Deadline, nowOffsetMs: number): number {
  return deadlineMs + offsetMs - nowOffsetMs;
}
