import type { Host } from "@longhaul/core";
import { type SeededRandom, seededRandom } from "@longhaul/core/testing";
import { type TimerOwner, VirtualTime } from "./virtual-time.ts";

/** How often what goes wrong: probabilities, each per occasion. */
export interface Faults {
  /** A process dies, at each call it makes. */
  readonly crash: number;
  /** An event for a function is confirmed and never delivered. */
  readonly eventLost: number;
  /** An event is delivered twice. */
  readonly eventDoubled: number;
  /** An event waits for up to a minute. */
  readonly eventLate: number;
  /** An invocation is refused. */
  readonly invokeThrottled: number;
  /** DynamoDB refuses, and nothing was written. */
  readonly tableThrottled: number;
  /** DynamoDB's answer is lost, and the write was made. */
  readonly answerLost: number;
  /** SQS refuses. */
  readonly queueFails: number;
  /** SQS delivers a message to two. */
  readonly messageDoubled: number;
  /** A message's processor throws. */
  readonly processorFails: number;
  /** A message takes a minute or two. */
  readonly processorSlow: number;
}

export const NO_FAULTS: Faults = {
  crash: 0,
  eventLost: 0,
  eventDoubled: 0,
  eventLate: 0,
  invokeThrottled: 0,
  tableThrottled: 0,
  answerLost: 0,
  queueFails: 0,
  messageDoubled: 0,
  processorFails: 0,
  processorSlow: 0,
};

export const CHAOS: Faults = {
  crash: 0.002,
  eventLost: 0.03,
  eventDoubled: 0.1,
  eventLate: 0.05,
  invokeThrottled: 0.05,
  tableThrottled: 0.05,
  answerLost: 0.03,
  queueFails: 0.02,
  messageDoubled: 0.02,
  processorFails: 0.02,
  processorSlow: 0.0005,
};

/** A process that runs a function: its own clock, frozen between invocations. */
export interface Process extends TimerOwner {
  readonly id: number;
  /** How far its clock is ahead, in milliseconds. */
  readonly skewMs: number;
  /** Told when it dies. */
  onGone: (() => void) | undefined;
}

const ENVIRONMENT: Readonly<Record<string, string>> = { LONGHAUL_RECURSIVE_LOOP: "Allow" };

/** What everything simulated shares. */
export class World {
  readonly time = new VirtualTime(1_800_000_000_000);
  readonly startMs = this.time.nowMs;
  readonly random: SeededRandom;
  /** How often which fault struck. */
  readonly struck = new Map<keyof Faults, number>();
  faults: Faults;
  /** The kill switch. */
  isKilled = false;
  #ids = 0;

  constructor(seed: number, faults: Faults) {
    this.random = seededRandom(seed);
    this.faults = faults;
  }

  newId = (): string => `id-${++this.#ids}`;

  strikes(fault: keyof Faults): boolean {
    if (!this.random.chance(this.faults[fault])) return false;
    this.struck.set(fault, (this.struck.get(fault) ?? 0) + 1);
    return true;
  }

  newProcess(): Process {
    const skewMs = Math.round(this.random.between([-1_000, 1_000]));
    return { id: ++this.#ids, skewMs, isGone: false, isFrozen: false, deferred: [], onGone: undefined };
  }

  hostOf(process: Process): Host {
    return {
      now: () => this.time.nowMs + process.skewMs,
      timer: (delayMs, fire) => {
        const timer = this.time.after(delayMs, fire, process);
        return () => {
          timer.isCancelled = true;
        };
      },
      id: this.newId,
      random: () => this.random.next(),
      env: (name) => (name === "LONGHAUL_KILL_SWITCH" && this.isKilled ? "on" : ENVIRONMENT[name]),
    };
  }

  kill(process: Process): void {
    if (process.isGone) return;
    process.isGone = true;
    process.onGone?.();
  }

  /**
   * A call out of a process. Once made, the far side acts, whatever becomes of the caller; a dead caller hears nothing.
   *
   * @param fail - strikes before the far side acts
   * @param lose - strikes after it acted: the caller sees a failure
   */
  call<Answer>(
    process: Process,
    act: () => Answer | Promise<Answer>,
    {
      fail,
      lose,
      wayMs = [2, 12],
    }: { fail?: keyof Faults; lose?: keyof Faults; wayMs?: readonly [number, number] } = {},
  ): Promise<Answer> {
    const { time, random } = this;
    return new Promise((resolve, reject) => {
      if (process.isGone) return;
      if (this.strikes("crash")) return this.kill(process);
      const answer = (give: () => void) => time.after(random.between(wayMs), give, process);
      time.after(random.between(wayMs), async () => {
        if (fail && this.strikes(fail)) {
          answer(() => reject(Object.assign(new Error(fail), { name: "ThrottlingException" })));
          return;
        }
        try {
          const value = await act();
          if (lose && this.strikes(lose)) answer(() => reject(new Error(lose)));
          else answer(() => resolve(value));
        } catch (error) {
          answer(() => reject(error));
        }
      });
    });
  }
}
