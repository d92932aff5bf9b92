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

/** The row to write, or why the fleet stays as it is. */
export type Resize =
  | { readonly row: FleetRow }
  | {
      readonly ignored:
        | "at-maximum"
        | "at-minimum"
        | "cool-down"
        | "stopped"
        | "repeated"
        | "busy"
        | "not-idle-for-long";
    };

const NOTHING: Omit<FleetRow, "queueUrl" | "writer"> = {
  desired: 0,
  version: 0,
  grownAtMs: {},
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

/** An alarm asks for more loops. */
export function grow(fleet: FleetRow | undefined, alarm: AlarmChange, limits: FleetLimits, writing: Writing): Resize {
  const { minLoops, maxLoops, growBy, cooldownMs } = limits;
  if (fleet?.isStopped) return { ignored: "stopped" };
  if (isRepeated(fleet, alarm)) return { ignored: "repeated" };
  const { desired, grownAtMs } = fleet ?? { ...NOTHING, desired: minLoops };
  if (desired >= maxLoops) return { ignored: "at-maximum" };
  // Of each alarm and not of all: when a burst sets off several at once, each is to bring its loops.
  if (writing.nowMs < (grownAtMs[alarm.alarmArn] ?? 0) + cooldownMs) return { ignored: "cool-down" };
  return write(fleet, writing, {
    desired: Math.min(maxLoops, desired + growBy),
    grownAtMs: { ...grownAtMs, [alarm.alarmArn]: writing.nowMs },
    idleSinceMs: 0,
    applied: applied(fleet, alarm),
  });
}

/** An alarm is over: as many loops fewer as it brought, but never below the minimum. */
export function shrink(fleet: FleetRow | undefined, alarm: AlarmChange, limits: FleetLimits, writing: Writing): Resize {
  const { minLoops, growBy } = limits;
  if (fleet?.isStopped) return { ignored: "stopped" };
  if (isRepeated(fleet, alarm)) return { ignored: "repeated" };
  if (!fleet || fleet.desired <= minLoops) return { ignored: "at-minimum" };
  return write(fleet, writing, {
    desired: Math.max(minLoops, fleet.desired - growBy),
    applied: applied(fleet, alarm),
  });
}

/**
 * A sweep looks at the queue of a fleet that is larger than its minimum: empty for so long, it goes back to it. Alarms do
 * that sooner; but a change of theirs may be lost, or go from ALARM to OK by way of INSUFFICIENT_DATA.
 */
export function rest(
  fleet: FleetRow | undefined,
  depth: number,
  { minLoops, idleAfterMs }: Pick<FleetLimits, "minLoops"> & { readonly idleAfterMs: number },
  writing: Writing,
): Resize {
  if (!fleet || fleet.desired <= minLoops) return { ignored: "at-minimum" };
  const { idleSinceMs } = fleet;
  if (depth > 0) return idleSinceMs > 0 ? write(fleet, writing, { idleSinceMs: 0 }) : { ignored: "busy" };
  if (idleSinceMs === 0) return write(fleet, writing, { idleSinceMs: writing.nowMs });
  if (writing.nowMs < idleSinceMs + idleAfterMs) return { ignored: "not-idle-for-long" };
  return write(fleet, writing, { desired: minLoops, idleSinceMs: 0 });
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
  return write(fleet, writing, { desired: 0, isStopped: true });
}
