import type { QueueDepth } from "../queues/message-queue.ts";
import type { FleetRow } from "./fleet-row.ts";

/** Bounds of a fleet, and how fast it grows. */
export interface FleetLimits {
  readonly minLoops: number;
  readonly maxLoops: number;
  /** Loops that an alarm adds. */
  readonly growBy: number;
  /** Time after which the same alarm may add loops again, in milliseconds. */
  readonly cooldownMs: number;
}

/** An alarm's change of state that asks for another size. */
export interface AlarmChange {
  readonly alarmArn: string;
  /** When the alarm changed, in ISO 8601. */
  readonly changedAt: string;
}

/** The fleet that is written, and the time. */
export interface Writing {
  readonly queueUrl: string;
  readonly nowMs: number;
}

/** Reason why a fleet keeps its size. */
export type Ignored =
  | "at-maximum"
  | "at-minimum"
  | "brought-none"
  | "cool-down"
  | "stopped"
  | "queue-missing"
  | "depth-unknown"
  | "repeated"
  | "busy"
  | "not-idle-for-long";

/** The row to write, or the reason why the fleet keeps its size. Both if only the notes on an alarm change. */
export type Resize = { readonly row: FleetRow; readonly ignored?: Ignored } | { readonly ignored: Ignored };

const NOTHING: Omit<FleetRow, "queueUrl"> = {
  desired: 0,
  version: 0,
  rev: "",
  grownAtMs: {},
  brought: {},
  idleSinceMs: 0,
  missingSinceMs: 0,
  isStopped: false,
  applied: {},
};

function write(fleet: FleetRow | undefined, { queueUrl }: Writing, change: Partial<FleetRow>): { row: FleetRow } {
  const before = fleet ?? { ...NOTHING, queueUrl };
  return { row: { ...before, ...change, version: before.version + 1 } };
}

/** Reason why no alarm resizes a fleet. */
function whyStill(fleet: FleetRow | undefined): Ignored | undefined {
  if (fleet?.isStopped) return "stopped";
  return fleet !== undefined && fleet.missingSinceMs > 0 ? "queue-missing" : undefined;
}

/** Whether a change was delivered before, or a later one of the same alarm was. */
function isRepeated(fleet: FleetRow | undefined, { alarmArn, changedAt }: AlarmChange): boolean {
  const applied = fleet?.applied[alarmArn];
  return applied !== undefined && Date.parse(applied) >= Date.parse(changedAt);
}

function applied(fleet: FleetRow | undefined, { alarmArn, changedAt }: AlarmChange): Record<string, string> {
  return { ...fleet?.applied, [alarmArn]: changedAt };
}

/**
 * Grows a fleet because an alarm began. At the maximum, or during the cool-down, the alarm is noted without adding loops.
 * Alarms report their begin only once, so a sweep adds the loops later if the alarm is still on.
 */
export function grow(fleet: FleetRow | undefined, alarm: AlarmChange, limits: FleetLimits, writing: Writing): Resize {
  const { alarmArn } = alarm;
  const { queueUrl } = writing;
  const still = whyStill(fleet);
  if (still) return { ignored: still };
  if (isRepeated(fleet, alarm)) return { ignored: "repeated" };
  const before = fleet ?? { ...NOTHING, queueUrl, desired: limits.minLoops };
  const brought = { [alarmArn]: 0, ...before.brought };
  const noted = { ...before, brought, applied: applied(fleet, alarm) };
  const ignored = whyNoneOf(noted, alarmArn, limits, writing.nowMs);
  return ignored
    ? { ...write(fleet, writing, noted), ignored }
    : write(fleet, writing, grown(noted, alarmArn, limits, writing));
}

/** Reason why an alarm that is on adds no loops now. */
function whyNoneOf(
  { desired, grownAtMs }: FleetRow,
  alarmArn: string,
  { maxLoops, cooldownMs }: FleetLimits,
  nowMs: number,
): Ignored | undefined {
  if (desired >= maxLoops) return "at-maximum";
  // The cool-down is per alarm, so several alarms in one burst each add their loops.
  return nowMs < (grownAtMs[alarmArn] ?? 0) + cooldownMs ? "cool-down" : undefined;
}

function grown(fleet: FleetRow, alarmArn: string, { maxLoops, growBy }: FleetLimits, { nowMs }: Writing): FleetRow {
  const desired = Math.min(maxLoops, fleet.desired + growBy);
  return {
    ...fleet,
    desired,
    grownAtMs: { ...fleet.grownAtMs, [alarmArn]: nowMs },
    brought: { ...fleet.brought, [alarmArn]: (fleet.brought[alarmArn] ?? 0) + desired - fleet.desired },
    idleSinceMs: 0,
  };
}

/**
 * Shrinks a fleet because an alarm is over: by as many loops as it added, or by `growBy` if its begin is unknown. Never
 * below the minimum.
 */
export function shrink(fleet: FleetRow | undefined, alarm: AlarmChange, limits: FleetLimits, writing: Writing): Resize {
  const { minLoops, growBy } = limits;
  const still = whyStill(fleet);
  if (still) return { ignored: still };
  if (isRepeated(fleet, alarm)) return { ignored: "repeated" };
  if (!fleet) return { ignored: "at-minimum" };
  const { [alarm.alarmArn]: count = growBy, ...brought } = fleet.brought;
  // Noted even if no loop ends: if the alarm's begin arrives later, it must not add loops.
  const noted = { brought, applied: applied(fleet, alarm) };
  if (fleet.desired <= minLoops) return { ...write(fleet, writing, noted), ignored: "at-minimum" };
  if (count === 0) return { ...write(fleet, writing, noted), ignored: "brought-none" };
  return write(fleet, writing, { ...noted, desired: Math.max(minLoops, fleet.desired - count) });
}

/** Limits that a sweep applies. */
export interface SweepLimits extends FleetLimits {
  /** Time a queue must be empty before its fleet returns to its minimum, in milliseconds. */
  readonly idleAfterMs: number;
}

/**
 * Corrects the size of a fleet at a sweep.
 *
 * - Alarms that are on and could add no loops when they began add them now.
 * - If the queue is missing, all loops end until it exists again.
 * - If the queue has been empty for `idleAfterMs`, the fleet returns to its minimum. Alarms usually do that sooner, but their
 *   changes can be lost, or go from ALARM to OK by way of INSUFFICIENT_DATA.
 */
export function sweep(fleet: FleetRow | undefined, depth: QueueDepth, limits: SweepLimits, writing: Writing): Resize {
  if (!fleet) return { ignored: "at-minimum" };
  if (fleet.isStopped) return { ignored: "stopped" };
  const { minLoops, maxLoops, idleAfterMs } = limits;
  const { desired, idleSinceMs, missingSinceMs, brought } = fleet;
  if (depth === "missing") {
    if (missingSinceMs > 0) return { ignored: "queue-missing" };
    return write(fleet, writing, { desired: 0, missingSinceMs: writing.nowMs, idleSinceMs: 0, brought: {} });
  }
  if (missingSinceMs > 0) {
    if (depth === "unknown") return { ignored: "queue-missing" };
    return write(fleet, writing, { desired: minLoops, missingSinceMs: 0 });
  }
  // The settings have changed since then.
  const within = Math.min(maxLoops, Math.max(minLoops, desired));
  if (within !== desired) return write(fleet, writing, { desired: within });
  const waiting = Object.keys(brought).find(
    (arn) => brought[arn] === 0 && !whyNoneOf(fleet, arn, limits, writing.nowMs),
  );
  if (waiting !== undefined) return write(fleet, writing, grown(fleet, waiting, limits, writing));
  if (desired === minLoops) return { ignored: "at-minimum" };
  if (depth === "unknown") return { ignored: "depth-unknown" };
  if (depth > 0) return idleSinceMs > 0 ? write(fleet, writing, { idleSinceMs: 0 }) : { ignored: "busy" };
  if (idleSinceMs === 0) return write(fleet, writing, { idleSinceMs: writing.nowMs });
  if (writing.nowMs < idleSinceMs + idleAfterMs) return { ignored: "not-idle-for-long" };
  return write(fleet, writing, { desired: minLoops, idleSinceMs: 0, brought: {} });
}

/** Starts a fleet with `loops` loops, within its limits. Default: as many as before, at least the minimum. */
export function start(
  fleet: FleetRow | undefined,
  loops: number | undefined,
  limits: Pick<FleetLimits, "minLoops" | "maxLoops">,
  writing: Writing,
): Resize {
  const wanted = loops ?? fleet?.desired ?? 0;
  const desired = Math.min(limits.maxLoops, Math.max(limits.minLoops, wanted));
  return write(fleet, writing, { desired, isStopped: false, missingSinceMs: 0 });
}

/** Stops a fleet: each loop finishes its messages and ends. */
export function stop(fleet: FleetRow | undefined, writing: Writing): Resize {
  return write(fleet, writing, { desired: 0, isStopped: true, brought: {} });
}
