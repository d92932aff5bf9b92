import { callerDriver, type Observer } from "../src/index.ts";
import { sleepFor } from "../src/sleep.ts";
import {
  type Check,
  everyItemAtLeastOnce,
  exactlyOnceWhereIdempotent,
  invariant,
  positionNeverGoesBack,
  type SimulatedHandler,
  type SimulatedHost,
} from "../src/testing.ts";

/** One run of the simulated work: so many items, each taking about so long. */
export interface SimulatedJob {
  readonly name: string;
  readonly upTo: number;
  /** Median of a step. */
  readonly stepMs: number;
  /** Spread of its logarithm. */
  readonly sigma: number;
}

export function job(name: string, over: Partial<SimulatedJob> = {}): SimulatedJob {
  return { name, upTo: 12, stepMs: 3_000, sigma: 0.5, ...over };
}

type Load = (world: SimulatedHost) => SimulatedHandler;

/** An effect per item, in each of the ways a step can be written. */
export function itemWorker(
  options: {
    readonly isCaller?: boolean;
    readonly isFenced?: boolean;
    readonly ignoresSignal?: boolean;
    readonly skewMs?: number;
    /** The lease is kept by heartbeats, this many milliseconds apart. */
    readonly heartbeatMs?: number;
    /** After each third item the run sleeps, so many milliseconds, as [least, most]. */
    readonly sleepMs?: readonly [number, number];
    /** Whether the function is told of the run's end; a third of the times it cannot take it. */
    readonly isTold?: boolean;
    /** So many hops are kept, for the run to be rewound to. */
    readonly historyHops?: number;
    readonly observers?: readonly Observer[];
  } = {},
): Load {
  const {
    isCaller = false,
    isFenced = true,
    ignoresSignal = false,
    skewMs,
    heartbeatMs,
    sleepMs,
    isTold,
    historyHops,
    observers = [],
  } = options;
  return (world) =>
    world.recursive<SimulatedJob, number>({
      state: { key: "position" },
      runId: ({ name }) => name,
      ...(isCaller && { driver: callerDriver() }),
      ...(skewMs !== undefined && { advanced: { skewMs } }),
      ...(heartbeatMs !== undefined && { lease: { heartbeatMs }, time: { stepTimeoutMs: 60_000 } }),
      ...(historyHops !== undefined && { history: { hops: historyHops } }),
      observers,
      ...(isTold && {
        async onEnd({ run, status }: { readonly run: string; readonly status: string }) {
          await world.sleep(50);
          if (world.random.chance(0.3)) throw new Error("it cannot take it");
          await world.effect(`end of ${run}: ${status}`, status);
        },
      }),
      start: () => 0,
      async *run(position, { event, signal, run }) {
        const { name, upTo, stepMs, sigma } = event;
        try {
          for (let at = position; at < upTo; at++) {
            await world.step(world.random.logNormal(stepMs, sigma), ignoresSignal ? {} : { signal });
            await world.effect(`${name}/${at}`, at, isFenced ? { fence: run.fence } : {});
            const isTired = sleepMs !== undefined && at % 3 === 2;
            yield isTired ? sleepFor(world.random.between(sleepMs), at + 1) : at + 1;
          }
          return "all of it";
        } finally {
          await world.sleep(10);
        }
      },
    });
}

interface BufferedState {
  /** Items done. */
  readonly at: number;
  /** Items whose effects are outside. */
  readonly saved: number;
}

/** Keeps results in memory and makes them durable only when a state is saved or handed off. */
export function bufferedWorker(): Load {
  return (world) =>
    world.recursive<SimulatedJob, BufferedState>({
      runId: ({ name }) => name,
      start: () => ({ at: 0, saved: 0 }),
      async *run(entry, { event, signal, onPersist }) {
        const { name, upTo, stepMs, sigma } = event;
        if (entry.at !== entry.saved) throw new Error(`a state was carried on without its buffer: ${entry.at}`);
        const buffered = new Map<number, number>();
        let saved = entry.saved;
        const save = async ({ at }: BufferedState) => {
          for (let item = saved; item < at; item++) {
            if (!buffered.has(item)) throw new Error(`item ${item} is not in the buffer`);
            await world.effect(`${name}/${item}`, buffered.get(item));
          }
          saved = Math.max(saved, at);
          return { at, saved: at };
        };
        onPersist(save);
        for (let at = entry.at; at < upTo; at++) {
          await world.step(world.random.logNormal(stepMs, sigma), { signal });
          buffered.set(at, at);
          yield { at: at + 1, saved: entry.saved };
        }
        await save({ at: upTo, saved: entry.saved });
      },
    });
}

function keysOf({ name, upTo }: SimulatedJob): string[] {
  return Array.from({ length: upTo }, (_, at) => `${name}/${at}`);
}

/** Checks the outcome of the work, where it is done, and that it never went back. */
export function wholeWork(...jobs: readonly SimulatedJob[]): Check[] {
  return [...itsEffects(...jobs), positionNeverGoesBack(positionOf)];
}

function positionOf(state: unknown): number | undefined {
  return typeof state === "number" ? state : (state as BufferedState).at;
}

/** Checks the outcome of the work, where it is done. */
export function itsEffects(...jobs: readonly SimulatedJob[]): Check[] {
  const expected = Object.fromEntries(jobs.flatMap((one) => keysOf(one).map((key, at) => [key, at])));
  return [
    ...jobs.map((one, index) => everyItemAtLeastOnce(keysOf(one), { job: index })),
    exactlyOnceWhereIdempotent(expected),
  ];
}

/**
 * Once a request to stop or pause was taken, a hop that hears of it (at its beginning, or in the answer to a checkpoint)
 * begins no step, and the run stops, pauses, or is done before it hears.
 */
export const requestsAreObeyed: Check = invariant("requestsAreObeyed", (result, fail) => {
  let isAsked = false;
  const told = new Set<number | undefined>();
  const unheard = new Set<number | undefined>();
  for (const event of result.trace) {
    const { invocation } = event;
    if (event.type === "asked" && event.isTaken && ["stop", "pause", "resume"].includes(event.ask)) {
      isAsked = event.ask !== "resume";
      told.clear();
    }
    if (event.type === "rewound" && event.isKept) {
      isAsked = false;
      told.clear();
    }
    if (event.type === "fault" && (event.kind === "storeFailsAfter" || event.kind === "givenUp"))
      unheard.add(invocation);
    if (event.type === "write" && event.answer === "accepted" && isAsked && !unheard.has(invocation)) {
      if (event.op === "begin" || event.op === "checkpoint") told.add(invocation);
    }
    if (event.type === "step" && told.has(invocation)) {
      fail(`invocation ${invocation} began a step at ${Math.round(event.at)} ms, after it was told to end.`);
    }
  }
  // Of two requests at nearly the same time either may win.
  if (isAsked && !["done", "stopped", "paused"].includes(result.outcome)) {
    fail(`the run was asked to end and ended as ${result.outcome}.`);
  }
});

/** Every end of a run was told, after its record said so; of a resumed one, the last end. */
export const endsAreTold: Check = invariant("endsAreTold", (result, fail) => {
  const recorded = new Set<string>();
  for (const event of result.trace) {
    if (event.type === "write" && event.op === "finish" && event.answer !== "refused") {
      recorded.add(`end of ${event.run}: ${event.phase}`);
    }
    if (event.type === "effect" && event.key.startsWith("end of ") && !event.key.endsWith("stopped")) {
      if (!recorded.has(event.key))
        fail(`it was told the ${event.key} at ${Math.round(event.at)} ms, before the record said so.`);
    }
  }
  for (const { run, phase, atEnd } of result.records.values()) {
    if (phase === "paused") continue;
    if (atEnd !== "told") fail(`run ${run} is ${phase}, and nobody was told: ${atEnd}.`);
    if (!result.effects.values.has(`end of ${run}: ${phase}`)) fail(`run ${run} is ${phase}, and nobody was told so.`);
  }
});

/** A state of {@link bufferedWorker} is never carried on without having been completed. */
export const buffersAreSaved: Check = invariant("buffersAreSaved", (result, fail) => {
  for (const event of result.trace) {
    if (event.type === "threw" && event.error.includes("buffer")) fail(event.error);
  }
});
