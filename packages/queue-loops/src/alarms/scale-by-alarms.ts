import type { FleetParts, FleetReport } from "../fleet/reconcile-fleet.ts";
import { resizeFleet } from "../fleet/reconcile-fleet.ts";
import { type FleetLimits, grow, shrink } from "../fleet/resize.ts";
import { alarmsOf } from "./alarm-event.ts";
import { type Place, queueOfAlarm } from "./queue-of-alarm.ts";
import { scalingOf } from "./scaling-of-alarm.ts";

/** What became of one alarm of an event. */
export type ScalingReport =
  | (FleetReport & { readonly alarm: string })
  | { readonly alarm: string; readonly ignored: string };

/**
 * Makes the fleets that an event's alarms are about larger (`up`) or smaller (`down`); changes that ask for something
 * else are ignored.
 *
 * @throws {@link AlarmEventError} for an event that is no alarm, or an alarm about no queue of ours.
 */
export async function scaleByAlarms(
  event: unknown,
  direction: "up" | "down",
  here: Place,
  queues: readonly (FleetLimits & { readonly queueUrl: string })[],
  parts: FleetParts,
): Promise<readonly ScalingReport[]> {
  const reports: ScalingReport[] = [];
  for (const alarm of alarmsOf(event)) {
    const queue = queueOfAlarm(alarm, here, queues);
    const { alarmArn, oldState, newState } = alarm;
    if (scalingOf(alarm) !== direction) {
      reports.push({ alarm: alarmArn, ignored: `${oldState} -> ${newState}` });
      continue;
    }
    const change = direction === "up" ? grow : shrink;
    const report = await resizeFleet(parts, queue.queueUrl, queue.minLoops, (fleet, writing) =>
      change(fleet, alarm, queue, writing),
    );
    reports.push({ alarm: alarmArn, ...report });
  }
  return reports;
}

/** Account and region of a function, from its ARN. */
export function placeOf(functionArn: string): Place {
  const [, , , region = "", accountId = ""] = functionArn.split(":");
  return { region, accountId };
}
