import type { Host } from "@longhaul/core/parts";
import { call } from "@longhaul/core/parts";
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
  /** An asynchronous invocation fails. */
  readonly invokeFails: number;
  /** A call to DynamoDB fails. */
  readonly tableFails: number;
  /** DynamoDB's answer is lost, and the write was made. */
  readonly answerLost: number;
  /** A call to SQS fails. */
  readonly queueFails: number;
  /** SQS delivers a message to two. */
  readonly messageDoubled: number;
  /** A message's processor throws. */
  readonly processorFails: number;
  /** A message takes a minute or two. */
  readonly processorSlow: number;
  /** A message is never done, in one receipt of it. */
  readonly processorHangs: number;
}

/** How a call to a service fails: refused; or the connection breaks, or is silent, before or after the service acted. */
export type Failure = "throttle" | "reset" | "silence";

class ServiceFailure extends Error {
  readonly code: string;

  constructor(failure: "throttle" | "reset") {
    super(failure);
    this.name = failure === "throttle" ? "ThrottlingException" : "Error";
    this.code = failure === "throttle" ? "" : "ECONNRESET";
  }
}

export const NO_FAULTS: Faults = {
  crash: 0,
  eventLost: 0,
  eventDoubled: 0,
  eventLate: 0,
  invokeFails: 0,
  tableFails: 0,
  answerLost: 0,
  queueFails: 0,
  messageDoubled: 0,
  processorFails: 0,
  processorSlow: 0,
  processorHangs: 0,
};

export const CHAOS: Faults = {
  crash: 0.002,
  eventLost: 0.03,
  eventDoubled: 0.1,
  eventLate: 0.05,
  invokeFails: 0.05,
  tableFails: 0.05,
  answerLost: 0.03,
  queueFails: 0.02,
  messageDoubled: 0.02,
  processorFails: 0.02,
  processorSlow: 0.0005,
  processorHangs: 0.0005,
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

/** The clock, the faults and the chance that all simulated parts share. */
export class World {
  readonly time = new VirtualTime(1_800_000_000_000);
  readonly startMs = this.time.nowMs;
  readonly random: SeededRandom;
  /** How often which fault struck. */
  readonly struck = new Map<keyof Faults, number>();
  faults: Faults;
  /** How calls to services fail when they do; drawn from evenly. */
  failures: readonly Failure[] = ["throttle", "throttle", "reset", "silence"];
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
    const skewMs = Math.round(this.random.between([-500, 500]));
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

  /** A call as the app makes it: with a limit for each try, and tried again. */
  tried<Answer>(
    process: Process,
    act: () => Answer | Promise<Answer>,
    faults: { fails?: keyof Faults; lose?: keyof Faults },
    options: { budgetMs?: number | undefined; attempts?: number | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<Answer> {
    const host = this.hostOf(process);
    const untilMs = options.budgetMs === undefined ? undefined : host.now() + options.budgetMs;
    return call((signal) => this.call(process, act, { ...faults, signal }), {
      name: faults.fails ?? "call",
      kind: "control",
      host,
      signal: options.signal,
      attempts: options.attempts,
      budgetMs: untilMs === undefined ? undefined : () => untilMs - host.now(),
    });
  }

  /**
   * One try of a call out of a process. Once made, the far side acts, whatever becomes of the caller; a dead caller hears
   * nothing.
   *
   * @param fails - the fault by which the service fails
   * @param lose - the fault by which the answer is lost: the service acted, and the caller sees a broken connection
   * @param signal - aborts the waiting, and not what the service does
   */
  call<Answer>(
    process: Process,
    act: () => Answer | Promise<Answer>,
    {
      fails,
      lose,
      signal,
      wayMs = [2, 12],
    }: { fails?: keyof Faults; lose?: keyof Faults; signal?: AbortSignal; wayMs?: readonly [number, number] } = {},
  ): Promise<Answer> {
    const { time, random } = this;
    return new Promise((resolve, reject) => {
      if (process.isGone) return;
      if (this.strikes("crash")) return this.kill(process);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      const failure = fails && this.strikes(fails) ? random.pick(this.failures) : undefined;
      const isBefore = failure === "throttle" || (failure !== undefined && random.chance(0.5));
      const answer = (give: () => void) => time.after(random.between(wayMs), give, process);
      time.after(random.between(wayMs), async () => {
        const fail = () => {
          if (failure !== undefined && failure !== "silence") answer(() => reject(new ServiceFailure(failure)));
        };
        if (isBefore) return fail();
        try {
          const value = await act();
          if (failure !== undefined) fail();
          else if (lose && this.strikes(lose)) answer(() => reject(new ServiceFailure("reset")));
          else answer(() => resolve(value));
        } catch (error) {
          answer(() => reject(error));
        }
      });
    });
  }
}
