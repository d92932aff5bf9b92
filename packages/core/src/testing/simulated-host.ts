import type { Host } from "../host.ts";
import type { RecursiveOptions, RunContext } from "../options.ts";
import type { Work } from "../pump.ts";
import type { HandOffDriver } from "../recursion/driver.ts";
import { type RecursiveHandler, unchecked } from "../recursive.ts";
import type { StateIsJson } from "../state/jsonable.ts";
import type { RunStore } from "../state/run-store.ts";
import type { Container, SimulatedInvocation } from "./container.ts";
import { effectFate } from "./effect-fate.ts";
import type { EffectOptions, Effects } from "./effects.ts";
import { externalTo } from "./external.ts";
import { watchedOptions } from "./hosted-options.ts";
import { remoteCall } from "./remote-call.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { type StepTime, watchedWork } from "./watched-work.ts";
import { placeOf, type World } from "./world.ts";

/** The world of a container: a machine, the services around it, and work that takes virtual time. */
export interface SimulatedHost {
  /** Number of the container, from 1. */
  readonly container: number;
  /** Version of the function, from 1; `deploy` of {@link OutsideRequest} makes the next. */
  readonly version: number;
  /** The machine, for `recursive({ host })`: a virtual clock with this container's skew, timers, ids, randomness. */
  readonly host: Host;
  /** The run store, for `recursive({ store })`; `undefined` in a simulation without one. */
  readonly store: RunStore | undefined;
  /** The channel of hand-offs, for `recursive({ driver })`. */
  readonly driver: HandOffDriver;
  /** The simulation's randomness: use it, never `Math.random()`. */
  readonly random: SeededRandom;
  /**
   * {@link recursive} on this host: fills in `host`, `store` and `driver` where the options have none, and watches the
   * work, so that the checks see its steps and its states.
   */
  recursive<Event extends object, State, Result = unknown>(
    options: RecursiveOptions<Event, State, Result> & StateIsJson<State>,
  ): RecursiveHandler<Event, Result>;
  /** Wraps `run` as {@link SimulatedHost.recursive} does, for a handler that is built elsewhere. */
  watched<Event, State, Result>(
    run: (state: State, context: RunContext<Event, State>) => Work<State, Result>,
  ): (state: State, context: RunContext<Event, State>) => Work<State, Result>;
  /** Waits, in milliseconds of virtual time. */
  sleep(ms: number): Promise<void>;
  /** {@link external} for code that has the world at hand. */
  external<Value>(pending: Promise<Value>): Promise<Value>;
  /**
   * Works for so many milliseconds of virtual time; the process may crash before and after. With a `signal` it ends
   * early when aborted, unless the `stuckStep` fault strikes.
   */
  step(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** An effect on the world outside: sets `key` there; the last write wins. */
  effect(key: string, value: unknown, options?: EffectOptions): Promise<void>;
  /**
   * A call to a double of a service of your own, as over a network: it takes time, and fails or hangs now and then; the
   * process may die before and after. What `act` does is done once the call arrives, whatever becomes of its caller.
   *
   * @param name - for the trace
   */
  call<Answer>(
    name: string,
    act: () => Answer | Promise<Answer>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Answer>;
}

/** Makes the world as one container sees it. */
export function simulatedHost(
  world: World,
  container: Container,
  effects: Effects,
  services: {
    readonly store: RunStore | undefined;
    readonly driver: HandOffDriver;
    readonly timeoutMs: number;
    readonly stepMs: readonly [number, number] | undefined;
  },
): SimulatedHost {
  const host = containerClock(world, container);
  const { store, driver, timeoutMs, stepMs } = services;
  const stepTime = (): StepTime | undefined => stepMs && stepTimeOf(simulated, stepMs);
  const after = (ms: number, invocation: SimulatedInvocation | undefined, where: string) => {
    const resume = world.waits();
    return new Promise<void>((resolve) => {
      if (container.isGone) return;
      const fire = () => {
        if (!world.isDeadAt(container, invocation, where)) resume(resolve);
      };
      world.timeline.schedule(ms, fire, container);
    });
  };
  const simulated: SimulatedHost = {
    container: container.id,
    version: container.version,
    host,
    store,
    driver,
    random: world.random,
    recursive: (options) =>
      unchecked({
        ...watchedOptions(world, options, stepTime()),
        advanced: { ...options.advanced, host: options.advanced?.host ?? host },
        driver: options.driver ?? driver,
        store: options.store ?? store,
      }),
    watched: (run) => watchedWork(world, run, stepTime()),
    sleep: (ms) => after(ms, world.invocation, "after a sleep"),
    external: (pending) => externalTo(world, container, pending),
    step(ms, { signal } = {}) {
      const { invocation } = world;
      if (world.isDeadAt(container, invocation, "before a step")) return new Promise(() => {});
      if (world.strikes("stuckStep")) {
        const stuckMs = timeoutMs * world.random.between([0.5, 4]);
        world.fault(placeOf(invocation), "stuckStep", `${Math.round(stuckMs)} ms`);
        return after(stuckMs, invocation, "after a stuck step");
      }
      const done = after(ms, invocation, "after a step");
      return signal ? abortable(done, signal) : done;
    },
    effect: async (key, value, options = {}) => effects.put(container, key, value, options),
    call(name, act, { signal } = {}) {
      const { invocation } = world;
      const arrive = () => {
        world.note(placeOf(invocation), { type: "called", name });
        return act();
      };
      return remoteCall(world, container, name, effectFate(world), arrive, signal);
    },
  };
  return simulated;
}

/** Lets a step take so long, as [least, most] in milliseconds: half of it before what it does, half after. */
export function stepTimeOf(host: SimulatedHost, stepMs: readonly [number, number]): StepTime {
  return (signal) => host.step(host.random.between(stepMs) / 2, { signal });
}

/** A machine whose clock is the world's with the container's skew, and whose timers stop with it. */
export function containerClock(world: World, container: Container): Host {
  const { timeline, random } = world;
  const { env } = world.parts;
  return {
    now: () => Math.floor(timeline.nowMs + container.clockOffsetMs),
    timer(delayMs, fire) {
      const { invocation } = world;
      if (container.isGone) return () => {};
      const resume = world.waits();
      const timer = timeline.schedule(
        delayMs,
        () => {
          if (invocation?.hasSettled) world.note(placeOf(invocation), { type: "late-timer" });
          resume(fire);
        },
        container,
      );
      return () => {
        timeline.cancel(timer);
        resume(() => {});
      };
    },
    id: () => world.id(),
    random: () => random.next(),
    env: (name) => env[name],
  };
}

function abortable(done: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    done.then(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
  });
}
