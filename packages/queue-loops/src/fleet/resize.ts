import type { FleetRow } from "./fleet-row.ts";

/** Between how many loops a fleet moves, and how fast it grows. */
export interface FleetLimits {
  readonly minLoops: number;
  readonly maxLoops: number;
  /** How many loops an alarm adds. */
  readonly growBy: number;
  /** For how long after an alarm has made it larger the same alarm does not do so again, in milliseconds. */
  readonly cooldownMs: number;
}

/** The change of an alarm's state that asks for another size. */
export interface AlarmChange {
  readonly alarmArn: string;
  /** When the alarm changed, in ISO 8601. */
  readonly changedAt: string;
}

/** Who writes, and when. */
export interface Writing {
  readonly queueUrl: string;
  readonly writer: string;
  readonly nowMs: number;
}

/** Why a fleet stays as large as it is. */
export type Ignored =
  | "at-maximum"
  | "at-minimum"
  | "brought-none"
  | "cool-down"
  | "stopped"
  | "repeated"
  | "busy"
  | "not-idle-for-long";

/** The row to write, or why the fleet stays as it is. Both if only what is known of an alarm changes. */
export type Resize = { readonly row: FleetRow; readonly ignored?: Ignored } | { readonly ignored: Ignored };

const NOTHING: Omit<FleetRow, "queueUrl" | "writer"> = {
  desired: 0,
  version: 0,
  grownAtMs: {},
  brought: {},
  idleSinceMs: 0,
  isStopped: false,
  applied: {},
};

function write(
  fleet: FleetRow | undefined,
  { queueUrl, writer }: Writing,
  change: Partial<FleetRow>,
): { row: FleetRow } {
  const before = fleet ?? { ...NOTHING, queueUrl };
  return { row: { ...before, ...change, writer, version: before.version + 1 } };
}

/** Delivered before, or overtaken by a later change of the same alarm. */
function isRepeated(fleet: FleetRow | undefined, { alarmArn, changedAt }: AlarmChange): boolean {
  const applied = fleet?.applied[alarmArn];
  return applied !== undefined && Date.parse(applied) >= Date.parse(changedAt);
}

function applied(fleet: FleetRow | undefined, { alarmArn, changedAt }: AlarmChange): Record<string, string> {
  return { ...fleet?.applied, [alarmArn]: changedAt };
}

/**
 * An alarm asks for more loops. It is noted also if it brings none, at the maximum or during its cool-down: the alarm
 * tells of its begin once, so that a sweep brings its loops later, if it is still on.
 */
export function grow(fleet: FleetRow | undefined, alarm: AlarmChange, limits: FleetLimits, writing: Writing): Resize {
  const { alarmArn } = alarm;
  const { queueUrl, writer } = writing;
  if (fleet?.isStopped) return { ignored: "stopped" };
  if (isRepeated(fleet, alarm)) return { ignored: "repeated" };
  const before = fleet ?? { ...NOTHING, queueUrl, writer, desired: limits.minLoops };
  const brought = { [alarmArn]: 0, ...before.brought };
  const noted = { ...before, brought, applied: applied(fleet, alarm) };
  const ignored = whyNoneOf(noted, alarmArn, limits, writing.nowMs);
  return ignored
    ? { ...write(fleet, writing, noted), ignored }
    : write(fleet, writing, grown(noted, alarmArn, limits, writing));
}

/** Why an alarm that is on brings no loops now. */
function whyNoneOf(
  { desired, grownAtMs }: FleetRow,
  alarmArn: string,
  { maxLoops, cooldownMs }: FleetLimits,
  nowMs: number,
): Ignored | undefined {
  if (desired >= maxLoops) return "at-maximum";
  // Of each alarm and not of all: when a burst sets off several at once, each is to bring its loops.
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
 * An alarm is over: as many loops fewer as it brought, but never below the minimum. If its begin is not known, as many as
 * an alarm brings.
 */
export function shrink(fleet: FleetRow | undefined, alarm: AlarmChange, limits: FleetLimits, writing: Writing): Resize {
  const { minLoops, growBy } = limits;
  if (fleet?.isStopped) return { ignored: "stopped" };
  if (isRepeated(fleet, alarm)) return { ignored: "repeated" };
  if (!fleet) return { ignored: "at-minimum" };
  const { [alarm.alarmArn]: count = growBy, ...brought } = fleet.brought;
  // Noted also if no loop goes: its begin, if that comes later, is not to bring any.
  const noted = { brought, applied: applied(fleet, alarm) };
  if (fleet.desired <= minLoops) return { ...write(fleet, writing, noted), ignored: "at-minimum" };
  if (count === 0) return { ...write(fleet, writing, noted), ignored: "brought-none" };
  return write(fleet, writing, { ...noted, desired: Math.max(minLoops, fleet.desired - count) });
}

/** What a sweep does to the size of a fleet. */
export interface SweepLimits extends FleetLimits {
  /** How long a queue must be empty for its fleet to go back to its minimum, in milliseconds. */
  readonly idleAfterMs: number;
}

/**
 * A sweep looks at a fleet. It brings the loops of alarms that are on and could bring none when they began. And it looks
 * at the queue of a fleet that is larger than its minimum: empty for so long, the fleet goes back to it. Alarms do that
 * sooner; but a change of theirs may be lost, or go from ALARM to OK by way of INSUFFICIENT_DATA.
 */
export function sweep(fleet: FleetRow | undefined, depth: number, limits: SweepLimits, writing: Writing): Resize {
  if (!fleet) return { ignored: "at-minimum" };
  if (fleet.isStopped) return { ignored: "stopped" };
  const { minLoops, maxLoops, idleAfterMs } = limits;
  const { desired, idleSinceMs, brought } = fleet;
  // The settings have changed since.
  const within = Math.min(maxLoops, Math.max(minLoops, desired));
  if (within !== desired) return write(fleet, writing, { desired: within });
  const waiting = Object.keys(brought).find(
    (arn) => brought[arn] === 0 && !whyNoneOf(fleet, arn, limits, writing.nowMs),
  );
  if (waiting !== undefined) return write(fleet, writing, grown(fleet, waiting, limits, writing));
  if (desired === minLoops) return { ignored: "at-minimum" };
  if (depth > 0) return idleSinceMs > 0 ? write(fleet, writing, { idleSinceMs: 0 }) : { ignored: "busy" };
  if (idleSinceMs === 0) return write(fleet, writing, { idleSinceMs: writing.nowMs });
  if (writing.nowMs < idleSinceMs + idleAfterMs) return { ignored: "not-idle-for-long" };
  return write(fleet, writing, { desired: minLoops, idleSinceMs: 0, brought: {} });
}

/** Somebody starts the fleet: with so many loops, within the limits; by default as it was, at least the minimum. */
export function start(
  fleet: FleetRow | undefined,
  loops: number | undefined,
  limits: Pick<FleetLimits, "minLoops" | "maxLoops">,
  writing: Writing,
): Resize {
  const wanted = loops ?? fleet?.desired ?? 0;
  const desired = Math.min(limits.maxLoops, Math.max(limits.minLoops, wanted));
  return write(fleet, writing, { desired, isStopped: false });
}

/** Somebody stops the fleet: each loop finishes the messages it has, and ends. */
export function stop(fleet: FleetRow | undefined, writing: Writing): Resize {
  return write(fleet, writing, { desired: 0, isStopped: true, brought: {} });
}
