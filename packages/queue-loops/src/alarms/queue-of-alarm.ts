import { AlarmEventError, type QueueAlarm } from "./alarm-event.ts";

/** Where a function runs. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/**
 * The queue, among those that are set, that an alarm is about.
 *
 * @throws {@link AlarmEventError} if the alarm is of another account or region, or about a queue that is not set.
 */
export function queueOfAlarm<Queue extends { readonly queueUrl: string }>(
  alarm: QueueAlarm,
  here: Place,
  queues: readonly Queue[],
): Queue {
  const { region, accountId, queueName, alarmArn } = alarm;
  if (region !== here.region || accountId !== here.accountId) {
    const place = `account ${here.accountId}, region ${here.region}`;
    throw new AlarmEventError(alarmArn, `is an alarm of another account or region than these functions': ${place}.`);
  }
  const queue = queues.find(({ queueUrl }) => queueUrl.endsWith(`/${accountId}/${queueName}`));
  if (queue) return queue;
  throw new AlarmEventError(alarmArn, `is about the queue ${queueName}, which the settings do not name.`);
}
