import type { Clock } from "../gateway/clock.ts";
import type { DeliverEvent, EventOrigin } from "../gateway/service.ts";
import { compileEventPattern, type EventMatcher } from "./event-pattern.ts";
import { followSchedule } from "./follow-schedule.ts";
import { parseSchedule } from "./schedule-expression.ts";
import { compileTargetInput, type MakePayload, type TargetInput } from "./target-input.ts";

/** Where a rule sends its events, and what of them. */
export interface RuleTarget extends TargetInput {
  readonly arn: string;
  /** Name of the target within its rule. */
  readonly id?: string;
  /** Queue that receives events which could not be delivered. */
  readonly deadLetterArn?: string;
  /** Group of messages to a queue. */
  readonly groupId?: string;
}

/** A rule of an event bus. */
export interface EventRule {
  readonly arn: string;
  /** Name of the event bus. Default `default`. */
  readonly bus?: string;
  /** Events that match go to the targets. */
  readonly pattern?: unknown;
  /** `rate(...)` or `cron(...)`: an event of its own goes to the targets. */
  readonly schedule?: string;
  readonly isEnabled: boolean;
  readonly targets: readonly RuleTarget[];
}

/** The event buses with their rules. */
export interface EventBus {
  /** ARN of the default event bus. */
  readonly arn: string;
  /** Names of all event buses. */
  readonly buses: ReadonlySet<string>;
  /** Adds an event bus beside the default one; one that is there is no error. */
  addBus(name: string): void;
  /** Removes an event bus with its rules; one that is not there is no error. */
  removeBus(name: string): void;
  /**
   * Adds or replaces a rule by its ARN.
   *
   * @throws `EventPatternError`, {@link ScheduleExpressionError} or `TargetInputError` if it uses what is not served.
   */
  putRule(rule: EventRule): void;
  /** Removes a rule; one that is not there is no error. */
  removeRule(arn: string): void;
  /** Sends an event (JSON text) to the targets of all rules of a bus that it matches. Default: the default event bus. */
  publish(event: string, traceHeader?: string, bus?: string): Promise<void>;
  rules(): readonly EventRule[];
  /** Sends the event of a rule's schedule now, whenever it falls due. Of a rule that has none, nothing is sent. */
  trigger(arn: string): Promise<void>;
  /** Ends the schedules of all rules. */
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

/** Creates the event buses: the default one, without rules. */
export function createEventBus(options: EventBusOptions): EventBus {
  const { region, accountId, clock, scheduleScale = 1 } = options;
  const rules = new Map<string, KeptRule>();
  const buses = new Set([DEFAULT_BUS]);

  async function send({ rule, payloads }: KeptRule, event: string, traceHeader?: string): Promise<void> {
    const origin: EventOrigin = {
      servicePrincipal: "events.amazonaws.com",
      sourceArn: rule.arn,
      ...(traceHeader !== undefined && { traceHeader }),
    };
    await Promise.all(
      rule.targets.map(async (target, at) => {
        const { arn, groupId } = target;
        let payload = event;
        try {
          payload = payloads[at]?.(event, { ruleArn: rule.arn, ingestedAtMs: clock.nowMs() }) ?? event;
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

  function scheduledEvent(rule: EventRule, atMs: number): string {
    return JSON.stringify({
      version: "0",
      id: options.newId(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: accountId,
      time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      region,
      resources: [rule.arn],
      detail: {},
    });
  }

  return {
    arn: `arn:aws:events:${region}:${accountId}:event-bus/default`,
    buses,
    addBus: (name) => void buses.add(name),
    removeBus(name) {
      buses.delete(name);
      for (const { rule, cancel } of [...rules.values()]) {
        if (busOf(rule) !== name) continue;
        cancel();
        rules.delete(rule.arn);
      }
    },
    putRule(rule) {
      const matches = rule.pattern === undefined ? undefined : compileEventPattern(rule.pattern);
      const schedule = rule.schedule === undefined ? undefined : parseSchedule(rule.schedule);
      const payloads = rule.targets.map((target) => compileTargetInput(target, target.id ?? target.arn));
      rules.get(rule.arn)?.cancel();
      const kept: KeptRule = { rule, matches, payloads, cancel: () => {} };
      if (schedule && rule.isEnabled) {
        const onDue = (atMs: number) => void send(kept, scheduledEvent(rule, atMs));
        kept.cancel = followSchedule(schedule, { clock, scale: scheduleScale, onDue });
      }
      rules.set(rule.arn, kept);
    },
    removeRule(arn) {
      rules.get(arn)?.cancel();
      rules.delete(arn);
    },
    async publish(event, traceHeader, bus = DEFAULT_BUS) {
      const parsed: unknown = JSON.parse(event);
      const matching = [...rules.values()].filter(
        ({ rule, matches }) => rule.isEnabled && busOf(rule) === bus && matches?.(parsed),
      );
      await Promise.all(matching.map((kept) => send(kept, event, traceHeader)));
    },
    rules: () => [...rules.values()].map(({ rule }) => rule),
    async trigger(arn) {
      const kept = rules.get(arn);
      if (kept?.rule.schedule !== undefined) await send(kept, scheduledEvent(kept.rule, clock.nowMs()));
    },
    stop() {
      for (const { cancel } of rules.values()) cancel();
    },
  };
}

/** A rule, ready to be applied. */
interface KeptRule {
  readonly rule: EventRule;
  readonly matches: EventMatcher | undefined;
  /** Makers of the targets' payloads, in their order. */
  readonly payloads: readonly MakePayload[];
  cancel: () => void;
}

/** Name of the event bus that every account has. */
export const DEFAULT_BUS = "default";

/** Name of the event bus that a text names by name or ARN. */
export function busName(nameOrArn: string): string {
  return nameOrArn.startsWith("arn:") ? nameOrArn.slice(nameOrArn.indexOf("/") + 1) : nameOrArn;
}

function busOf({ bus = DEFAULT_BUS }: EventRule): string {
  return bus;
}
