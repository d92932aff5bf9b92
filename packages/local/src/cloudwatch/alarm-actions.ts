import type { Clock } from "../gateway/clock.ts";
import type { DeliverEvent } from "../gateway/service.ts";
import type { Alarm, AlarmTransition } from "./alarm.ts";
import type { AlarmEvent } from "./alarm-history.ts";
import { busEvent, functionEvent, topicMessage, topicSubject } from "./alarm-message.ts";

/** Options of the actions of alarms. */
export interface AlarmActionsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly deliver: DeliverEvent;
  readonly eventBusArn: string;
  readonly onDeliveryError: (error: unknown, targetArn: string) => void;
}

/** Tells topics, functions and the event bus of changes, without keeping the alarm waiting. */
export interface AlarmActionsRunner {
  carryOut(alarm: Alarm, transition: AlarmTransition): void;
  /** Settles when every action so far has been carried out or has failed. */
  settled(): Promise<void>;
}

/** @param record - told of each action when it is over. */
export function createAlarmActions(
  options: AlarmActionsOptions,
  record: (event: AlarmEvent) => void,
): AlarmActionsRunner {
  const { clock, deliver, region } = options;
  const underway = new Set<Promise<void>>();

  async function tell(alarm: Alarm, transition: AlarmTransition, action: string): Promise<void> {
    const isTopic = action.split(":")[2] === "sns";
    const payload = isTopic ? topicMessage(alarm, transition, options) : functionEvent(alarm, transition, options);
    const origin = {
      // Topics take messages from CloudWatch, functions from its alarms: each names another principal.
      servicePrincipal: isTopic ? "cloudwatch.amazonaws.com" : "lambda.alarms.cloudwatch.amazonaws.com",
      sourceArn: alarm.arn,
      ...(isTopic && { subject: topicSubject(transition, region) }),
    };
    const over = (error: string | undefined) =>
      record({ kind: "action", atMs: clock.nowMs(), alarmName: transition.alarmName, action, error });
    try {
      await deliver({ arn: action }, payload, origin);
      over(undefined);
    } catch (error) {
      over(error instanceof Error ? error.message : String(error));
      options.onDeliveryError(error, action);
    }
  }

  async function publish(alarm: Alarm, transition: AlarmTransition): Promise<void> {
    const origin = { servicePrincipal: "events.amazonaws.com", sourceArn: alarm.arn };
    const event = busEvent(options.newId(), alarm, transition, options);
    try {
      await deliver({ arn: options.eventBusArn }, event, origin);
    } catch (error) {
      options.onDeliveryError(error, options.eventBusArn);
    }
  }

  function start(work: Promise<void>): void {
    const tracked = work.finally(() => underway.delete(tracked));
    underway.add(tracked);
  }

  return {
    carryOut(alarm, transition) {
      start(publish(alarm, transition));
      for (const action of transition.actions) start(tell(alarm, transition, action));
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
    },
  };
}
