import type { Alarm, AlarmCondition, AlarmSettings, AlarmTransition } from "./alarm.ts";
import type { AlarmState } from "./alarm-evaluation.ts";
import { initialReason } from "./alarm-reason.ts";
import { cloudWatchErrors } from "./cloudwatch-error.ts";

/** Options of {@link Alarms}. */
export interface AlarmsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly nowMs: () => number;
  /** Told of each change of a state, once. */
  readonly onTransition: (alarm: Alarm, transition: AlarmTransition) => void;
}

/** All alarms of one account, and the states they are in. */
export class Alarms {
  readonly #options: AlarmsOptions;
  readonly #byName = new Map<string, Alarm>();
  readonly #tags = new Map<string, Map<string, string>>();

  constructor(options: AlarmsOptions) {
    this.#options = options;
  }

  arnOf(name: string): string {
    return `arn:aws:cloudwatch:${this.#options.region}:${this.#options.accountId}:alarm:${name}`;
  }

  /**
   * Creates an alarm with the state INSUFFICIENT_DATA, or replaces the settings of the one of that name and keeps its
   * state and tags.
   *
   * @param tags - of a new alarm; those given to one that is there are ignored, as in AWS.
   */
  put(settings: AlarmSettings, tags: ReadonlyMap<string, string> = new Map()): Alarm {
    const nowMs = this.#options.nowMs();
    const initial: AlarmCondition = {
      state: "INSUFFICIENT_DATA",
      reason: initialReason,
      reasonData: undefined,
      atMs: nowMs,
    };
    const alarm: Alarm = {
      arn: this.arnOf(settings.name),
      settings,
      configuredAtMs: nowMs,
      condition: this.#byName.get(settings.name)?.condition ?? initial,
    };
    if (!this.#byName.has(settings.name)) this.#tags.set(settings.name, new Map(tags));
    this.#byName.set(settings.name, alarm);
    return alarm;
  }

  find(name: string): Alarm | undefined {
    return this.#byName.get(name);
  }

  /** @throws {CloudWatchError} `ResourceNotFound`. */
  get(name: string): Alarm {
    const alarm = this.#byName.get(name);
    if (!alarm) throw cloudWatchErrors.notFound(`alarm ${name.slice(0, 255)}`);
    return alarm;
  }

  /** By name. */
  list(): readonly Alarm[] {
    return [...this.#byName.values()].sort((a, b) => (a.settings.name < b.settings.name ? -1 : 1));
  }

  /** Alarms that are not there are no error. */
  delete(names: readonly string[]): void {
    for (const name of names) {
      this.#byName.delete(name);
      this.#tags.delete(name);
    }
  }

  /** The tags of the alarm of that ARN, to read and to change; `undefined` if there is no such alarm. */
  tagsOf(arn: string): Map<string, string> | undefined {
    const prefix = this.arnOf("");
    return arn.startsWith(prefix) ? this.#tags.get(arn.slice(prefix.length)) : undefined;
  }

  /** Lets an alarm tell of its changes, or not. */
  setActionsEnabled(names: readonly string[], actionsEnabled: boolean): void {
    for (const name of names) {
      const alarm = this.#byName.get(name);
      if (alarm) this.#byName.set(name, { ...alarm, settings: { ...alarm.settings, actionsEnabled } });
    }
  }

  /**
   * Brings an alarm into a state; a state it is in already is kept with its reason, and nobody is told.
   *
   * @throws {CloudWatchError} `ResourceNotFound`.
   */
  changeState(alarmName: string, state: AlarmState, reason: string, reasonData: string | undefined): void {
    const alarm = this.get(alarmName);
    const from = alarm.condition;
    if (from.state === state) return;
    const to: AlarmCondition = { state, reason, reasonData, atMs: this.#options.nowMs() };
    const { name, metric, actions, actionsEnabled } = alarm.settings;
    const changed = { ...alarm, condition: to };
    this.#byName.set(name, changed);
    this.#options.onTransition(changed, {
      alarmName: name,
      alarmArn: alarm.arn,
      metric,
      from,
      to,
      actions: actionsEnabled ? actions[state] : [],
    });
  }
}
