import type { Clock } from "../gateway/clock.ts";
import type { DeliverEvent, EventOrigin } from "../gateway/service.ts";
import { compileEventPattern, type EventMatcher } from "./event-pattern.ts";
import type { Schedule } from "./schedule.ts";
import { parseSchedule, parseSchedulerSchedule, type SchedulerSettings } from "./schedule-expression.ts";
import { fillScheduledInput } from "./scheduled-input.ts";

/** Where a rule sends its events. */
export interface RuleTarget {
  readonly arn: string;
  /** Constant text sent in place of the event. */
  readonly input?: string;
  /** Queue that receives events which could not be delivered. */
  readonly deadLetterArn?: string;
  /** Group of messages to a queue. */
  readonly groupId?: string;
}

/** A rule of the default event bus, or a schedule. */
export interface EventRule {
  readonly arn: string;
  /** Events that match go to the targets. */
  readonly pattern?: unknown;
  /** `rate(...)` or `cron(...)`, for EventBridge Scheduler also `at(...)`: an event of its own goes to the targets. */
  readonly schedule?: string;
  /** It is a schedule of EventBridge Scheduler, which acts with a role. Default: it is a rule. */
  readonly scheduler?: SchedulerSettings & { readonly roleArn: string };
  readonly isEnabled: boolean;
  readonly targets: readonly RuleTarget[];
}

/** The default event bus with its rules and schedules. */
export interface EventBus {
  readonly arn: string;
  /**
   * Adds or replaces a rule by its ARN.
   *
   * @throws {EventPatternError} or {@link ScheduleExpressionError} if it uses what is not served.
   */
  putRule(rule: EventRule): void;
  /** Removes a rule or schedule; one that is not there is no error. */
  removeRule(arn: string): void;
  /** Sends an event (JSON text) to the targets of all rules it matches. */
  publish(event: string, traceHeader?: string): Promise<void>;
  rules(): readonly EventRule[];
  /** Ends all schedules. */
  stop(): void;
}

/** Options of an event bus. */
export interface EventBusOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly deliver: DeliverEvent;
  /** How much faster than real time schedules run: 60 turns `rate(1 minute)` into every second. Default 1. */
  readonly scheduleScale?: number;
  /** Told of events that could not be delivered. */
  readonly onDeliveryError: (error: unknown, targetArn: string) => void;
}

/** Creates the default event bus, without rules. */
export function createEventBus(options: EventBusOptions): EventBus {
  const { region, accountId, clock, scheduleScale = 1 } = options;
  const rules = new Map<string, { rule: EventRule; matches: EventMatcher | undefined; cancel: () => void }>();

  async function send(rule: EventRule, event: string, { traceHeader, atMs }: Occasion): Promise<void> {
    const origin: EventOrigin = {
      servicePrincipal: rule.scheduler ? "scheduler.amazonaws.com" : "events.amazonaws.com",
      sourceArn: rule.arn,
      ...(rule.scheduler && { roleArn: rule.scheduler.roleArn }),
      ...(traceHeader !== undefined && { traceHeader }),
    };
    await Promise.all(
      rule.targets.map(async (target) => {
        const isFilled = rule.scheduler !== undefined && target.input !== undefined && atMs !== undefined;
        const payload = isFilled
          ? fillScheduledInput(target.input, { scheduleArn: rule.arn, atMs, executionId: options.newId() })
          : (target.input ?? event);
        const { arn, groupId } = target;
        try {
          await options.deliver({ arn, ...(groupId !== undefined && { groupId }) }, payload, origin);
        } catch (error) {
          options.onDeliveryError(error, target.arn);
          if (target.deadLetterArn === undefined) return;
          const dead = options.deliver({ arn: target.deadLetterArn }, payload, origin);
          await dead.catch((failure: unknown) => options.onDeliveryError(failure, target.deadLetterArn ?? ""));
        }
      }),
    );
  }

  /** Time as the schedule sees it: it passes `scheduleScale` times as fast since the schedule was made. */
  function startSchedule(rule: EventRule, schedule: Schedule): () => void {
    const startMs = clock.nowMs();
    let cancel = () => {};
    const plan = (afterMs: number) => {
      const nextMs = schedule.next(afterMs, startMs);
      if (nextMs === undefined) return;
      const dueMs = startMs + (nextMs - startMs) / scheduleScale;
      const wait = () => {
        const leftMs = dueMs - clock.nowMs();
        if (leftMs > 0) {
          cancel = clock.after(leftMs, wait);
          return;
        }
        // Moments that passed while this machine slept are skipped, not made up for.
        plan(Math.max(nextMs, startMs + (clock.nowMs() - startMs) * scheduleScale));
        void send(rule, scheduledEvent(rule, nextMs), { atMs: nextMs });
      };
      cancel = clock.after(dueMs - clock.nowMs(), wait);
    };
    plan(startMs);
    return () => cancel();
  }

  function scheduledEvent(rule: EventRule, atMs: number): string {
    return JSON.stringify({
      version: "0",
      id: options.newId(),
      "detail-type": "Scheduled Event",
      source: rule.scheduler ? "aws.scheduler" : "aws.events",
      account: accountId,
      time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      region,
      resources: [rule.arn],
      // EventBridge Scheduler sends it as text.
      detail: rule.scheduler ? "{}" : {},
    });
  }

  return {
    arn: `arn:aws:events:${region}:${accountId}:event-bus/default`,
    putRule(rule) {
      const matches = rule.pattern === undefined ? undefined : compileEventPattern(rule.pattern);
      const schedule = scheduleOf(rule);
      rules.get(rule.arn)?.cancel();
      const cancel = schedule && rule.isEnabled ? startSchedule(rule, schedule) : () => {};
      rules.set(rule.arn, { rule, matches, cancel });
    },
    removeRule(arn) {
      rules.get(arn)?.cancel();
      rules.delete(arn);
    },
    async publish(event, traceHeader) {
      const parsed: unknown = JSON.parse(event);
      const matching = [...rules.values()].filter(({ rule, matches }) => rule.isEnabled && matches?.(parsed));
      const occasion = traceHeader === undefined ? {} : { traceHeader };
      await Promise.all(matching.map(({ rule }) => send(rule, event, occasion)));
    },
    rules: () => [...rules.values()].map(({ rule }) => rule),
    stop() {
      for (const { cancel } of rules.values()) cancel();
    },
  };
}

/** The origin of an event. */
interface Occasion {
  readonly traceHeader?: string;
  /** When a schedule fell due. */
  readonly atMs?: number;
}

function scheduleOf({ schedule, scheduler }: EventRule): Schedule | undefined {
  if (schedule === undefined) return undefined;
  return scheduler ? parseSchedulerSchedule(schedule, scheduler) : parseSchedule(schedule);
}
