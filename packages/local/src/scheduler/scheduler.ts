import type { Roles } from "../cloudformation/roles.ts";
import { followSchedule } from "../events/follow-schedule.ts";
import type { Clock } from "../gateway/clock.ts";
import type { DeliverEvent, EventOrigin } from "../gateway/service.ts";
import { checkName, checkSchedule } from "./check-schedule.ts";
import type { ScheduleDefinition } from "./schedule-definition.ts";
import { fillScheduledInput } from "./scheduled-input.ts";
import { schedulerErrors } from "./scheduler-error.ts";

/** A schedule that was made. */
export interface KeptSchedule {
  readonly arn: string;
  readonly definition: ScheduleDefinition;
  readonly createdMs: number;
  readonly changedMs: number;
}

/** A group of schedules. */
export interface ScheduleGroup {
  readonly arn: string;
  readonly name: string;
  readonly createdMs: number;
  /** By key. */
  readonly tags: Map<string, string>;
}

/** EventBridge Scheduler: schedules in groups, made by programs or by templates. */
export interface SchedulerService {
  /** All schedules, in no order. */
  schedules(): readonly KeptSchedule[];
  /** The schedule of a group, by its name. */
  schedule(group: string, name: string): KeptSchedule | undefined;
  /**
   * Makes or replaces a schedule; what it says holds from now on.
   *
   * @throws `SchedulerError` if it says what AWS refuses or what is not served, or if there is no such group.
   */
  putSchedule(definition: ScheduleDefinition): KeptSchedule;
  /** Removes a schedule; one that is not there is no error. */
  removeSchedule(group: string, name: string): void;
  /** All groups, in no order. `default` is one of them. */
  groups(): readonly ScheduleGroup[];
  /** Adds a group; one that is there is left as it is. */
  addGroup(name: string): ScheduleGroup;
  /** Removes a group with its schedules; one that is not there is no error. */
  removeGroup(name: string): void;
  /** Sends the event of a schedule now, whenever it falls due. Of one that is not there, nothing is sent. */
  trigger(arn: string): Promise<void>;
  /** Ends all schedules. */
  stop(): void;
}

/** Options of EventBridge Scheduler. */
export interface SchedulerOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly deliver: DeliverEvent;
  /** The roles of stacks; one that no stack has is taken as it is. */
  readonly roles: Pick<Roles, "get">;
  /** How much faster than real time schedules run: at 60, what is an hour away falls due after a minute. Default 1. */
  readonly scheduleScale?: number;
  /** Told of events that could not be delivered. */
  readonly onDeliveryError: (error: unknown, targetArn: string) => void;
}

/** Name of the group that every account has. */
export const DEFAULT_GROUP = "default";

/** Creates EventBridge Scheduler, without schedules. */
export function createScheduler(options: SchedulerOptions): SchedulerService {
  const { region, accountId, clock, newId, deliver, roles, scheduleScale: scale = 1, onDeliveryError } = options;
  const groups = new Map<string, ScheduleGroup>();
  const kept = new Map<string, KeptSchedule & { cancel(): void }>();
  const arnOf = (kind: string, path: string) => `arn:aws:scheduler:${region}:${accountId}:${kind}/${path}`;
  const scheduleArn = (group: string, name: string) => arnOf("schedule", `${group}/${name}`);
  const addGroup = (name: string) => {
    const group = groups.get(name) ?? {
      ...{ arn: arnOf("schedule-group", name), name },
      ...{ createdMs: clock.nowMs(), tags: new Map<string, string>() },
    };
    groups.set(name, group);
    return group;
  };
  addGroup(DEFAULT_GROUP);

  async function send({ arn, definition }: KeptSchedule, atMs: number): Promise<void> {
    const { target } = definition;
    const origin: EventOrigin = {
      servicePrincipal: "scheduler.amazonaws.com",
      sourceArn: arn,
      roleArn: target.roleArn,
    };
    const payload = payloadOf(arn, definition, atMs);
    try {
      const to = { arn: target.arn, ...(target.groupId !== undefined && { groupId: target.groupId }) };
      await deliver(to, payload, origin);
    } catch (error) {
      onDeliveryError(error, target.arn);
      const { deadLetterArn } = target;
      if (deadLetterArn === undefined) return;
      const dead = deliver({ arn: deadLetterArn }, payload, origin);
      await dead.catch((failure: unknown) => onDeliveryError(failure, deadLetterArn));
    }
  }

  function payloadOf(arn: string, { target }: ScheduleDefinition, atMs: number): string {
    const input =
      target.input === undefined
        ? undefined
        : fillScheduledInput(target.input, { scheduleArn: arn, atMs, executionId: newId() });
    if (input !== undefined && !target.busEvent) return input;
    return JSON.stringify({
      version: "0",
      id: newId(),
      "detail-type": target.busEvent?.detailType ?? "Scheduled Event",
      source: target.busEvent?.source ?? "aws.scheduler",
      account: accountId,
      time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      region,
      resources: [arn],
      // Without an input, AWS sends it as text.
      detail: input === undefined ? "{}" : (JSON.parse(input) as unknown),
    });
  }

  function remove(arn: string): void {
    kept.get(arn)?.cancel();
    kept.delete(arn);
  }

  return {
    schedules: () => [...kept.values()],
    schedule: (group, name) => kept.get(scheduleArn(group, name)),
    putSchedule(definition) {
      const { group, name } = definition;
      const schedule = checkSchedule(definition, roles.get(definition.target.roleArn));
      if (!groups.has(group)) throw schedulerErrors.noGroup(group);
      const arn = scheduleArn(group, name);
      const before = kept.get(arn);
      before?.cancel();
      const changedMs = clock.nowMs();
      const made = { arn, definition, createdMs: before?.createdMs ?? changedMs, changedMs, cancel: () => {} };
      kept.set(arn, made);
      if (!definition.isEnabled) return made;
      let delivered = Promise.resolve();
      made.cancel = followSchedule(schedule, {
        clock,
        scale,
        onDue: (atMs) => {
          delivered = send(made, atMs);
        },
        onEnd: () => {
          if (!definition.isDeletedAfterwards) return;
          void delivered.then(() => {
            if (kept.get(arn) === made) kept.delete(arn);
          });
        },
      });
      return made;
    },
    removeSchedule: (group, name) => remove(scheduleArn(group, name)),
    groups: () => [...groups.values()],
    addGroup(name) {
      checkName("name", name);
      return addGroup(name);
    },
    removeGroup(name) {
      groups.delete(name);
      for (const { arn, definition } of [...kept.values()]) if (definition.group === name) remove(arn);
    },
    async trigger(arn) {
      const schedule = kept.get(arn);
      if (schedule) await send(schedule, clock.nowMs());
    },
    stop() {
      for (const { cancel } of kept.values()) cancel();
    },
  };
}
