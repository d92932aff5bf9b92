import type { AlarmTransition } from "./alarm.ts";

/** Something that happened to an alarm. */
export type AlarmEvent =
  | ({ readonly kind: "transition"; readonly atMs: number } & AlarmTransition)
  | {
      readonly kind: "action";
      readonly atMs: number;
      readonly alarmName: string;
      /** ARN of the topic or function. */
      readonly action: string;
      /** Why it could not be carried out; `undefined` if it was. */
      readonly error: string | undefined;
    };

const mostEvents = 1000;

/** The history of alarms, of each the last 1,000 events. */
export class AlarmHistory {
  readonly #byName = new Map<string, AlarmEvent[]>();

  add(event: AlarmEvent): void {
    const events = this.#byName.get(event.alarmName) ?? [];
    this.#byName.set(event.alarmName, events);
    events.push(event);
    if (events.length > mostEvents) events.shift();
  }

  /** Oldest first; of all alarms if none is named. */
  list(alarmName?: string): readonly AlarmEvent[] {
    if (alarmName !== undefined) return [...(this.#byName.get(alarmName) ?? [])];
    return [...this.#byName.values()].flat().sort((a, b) => a.atMs - b.atMs);
  }
}
