import { type FleetParts, type FleetReport, resizeFleet } from "../size/reconcile-fleet.ts";
import { type FleetLimits, grow, shrink } from "../size/resize.ts";
import { AlarmEventError, alarmsOf, type QueueAlarm } from "./alarm-event.ts";

/** Region and account of a function. */
export type Place = Pick<QueueAlarm, "region" | "accountId">;

/** Report of one alarm of an event. */
export type ScalingReport =
  | (FleetReport & { readonly alarm: string })
  | { readonly alarm: string; readonly ignored: string };

/** Parts of {@link scaleByAlarms}. */
export interface ScalingParts {
  /** The function itself. */
  readonly here: Place;
  readonly queues: readonly (FleetLimits & { readonly queueUrl: string })[];
  readonly parts: FleetParts;
  readonly onReport?: (report: ScalingReport) => void;
  /** Called with each error, and the place of its alarm in the event. */
  readonly onRefused?: (error: unknown, path: string) => void;
}

/**
 * Grows (`up`) or shrinks (`down`) the fleets of an event's alarms. Ignores changes in the other direction. An alarm that
 * cannot be read or carried out does not keep the others from theirs; the event fails afterwards, so that Lambda retries it.
 *
 * @throws {@link AlarmEventError} for an event without alarms, or an alarm about a queue not in the settings; an
 * `AggregateError` for several errors.
 */
export async function scaleByAlarms(
  event: unknown,
  direction: "up" | "down",
  scaling: ScalingParts,
): Promise<readonly ScalingReport[]> {
  const reports: ScalingReport[] = [];
  const errors: unknown[] = [];
  for (const { path, read } of alarmsOf(event)) {
    try {
      const report = await scaleByAlarm(read(), direction, scaling);
      reports.push(report);
      scaling.onReport?.(report);
    } catch (error) {
      errors.push(error);
      scaling.onRefused?.(error, path);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map((error) => String(error)).join("; "));
  return reports;
}

async function scaleByAlarm(
  alarm: QueueAlarm,
  direction: "up" | "down",
  { here, queues, parts }: ScalingParts,
): Promise<ScalingReport> {
  const queue = queueOfAlarm(alarm, here, queues);
  const { alarmArn, oldState, newState } = alarm;
  if (scalingOf(alarm) !== direction) return { alarm: alarmArn, ignored: `${oldState} -> ${newState}` };
  const change = direction === "up" ? grow : shrink;
  const report = await resizeFleet(parts, queue.queueUrl, queue.minLoops, (fleet, writing) =>
    change(fleet, alarm, queue, writing),
  );
  return { alarm: alarmArn, ...report };
}

/** Region and account of a function, from its ARN. */
export function placeOf(functionArn: string): Place {
  const [, , , region = "", accountId = ""] = functionArn.split(":");
  return { region, accountId };
}

/**
 * The queue of the settings that an alarm is about.
 *
 * @throws {@link AlarmEventError} if the alarm is of another account or region, or about a queue not in the settings.
 */
export function queueOfAlarm<Queue extends { readonly queueUrl: string }>(
  { region, accountId, queueName, alarmArn }: QueueAlarm,
  here: Place,
  queues: readonly Queue[],
): Queue {
  if (region !== here.region || accountId !== here.accountId) {
    const place = `account ${here.accountId}, region ${here.region}`;
    throw new AlarmEventError(alarmArn, `is an alarm of another account or region than these functions': ${place}.`);
  }
  const queue = queues.find(({ queueUrl }) => queueUrl.endsWith(`/${accountId}/${queueName}`));
  if (queue) return queue;
  throw new AlarmEventError(alarmArn, `is about the queue ${queueName}, which the settings do not name.`);
}

/**
 * The direction in which an alarm's change scales. Only ALARM to OK scales down: after INSUFFICIENT_DATA, OK says nothing
 * about load.
 */
export function scalingOf({
  oldState,
  newState,
}: Pick<QueueAlarm, "oldState" | "newState">): "up" | "down" | undefined {
  if (newState === "ALARM" && oldState !== "ALARM") return "up";
  if (newState === "OK" && oldState === "ALARM") return "down";
  return undefined;
}
