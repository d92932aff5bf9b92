import { deployedHandler } from "../handler-options.ts";
import { utf8Bytes } from "../state/json.ts";
import { isAtRest } from "../state/lease.ts";
import { memoryRunStore } from "../state/memory-run-store.ts";
import { Effects } from "./effects.ts";
import type { FaultChooser } from "./fault-script.ts";
import { resolveFaults, USUAL_LATENCIES } from "./faults.ts";
import { hosted } from "./hosted-options.ts";
import { askFromOutside } from "./outside.ts";
import { OutsideWaits } from "./outside-waits.ts";
import { Platform } from "./platform.ts";
import { asynchronousQueue, type Queue, type QueuedEvent } from "./queue.ts";
import { redrive } from "./redrive.ts";
import { seededRandom } from "./seeded-random.ts";
import { assertOptions, MAIN, type SimulateOptions, usualEnds } from "./simulate-options.ts";
import { simulatedDriver } from "./simulated-driver.ts";
import { simulatedHost, stepTimeOf } from "./simulated-host.ts";
import { simulatedStore } from "./simulated-store.ts";
import { jobResults, type SimulationResult } from "./simulation-result.ts";
import { Sweeper } from "./sweeper.ts";
import { Timeline } from "./timeline.ts";
import { tooLarge } from "./too-large.ts";
import type { Sender } from "./trace.ts";
import { noCaller, WORLD_BEGINS_MS, World } from "./world.ts";

/** Waits before Lambda's retries: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const QUEUE_RETRY_MS = [60_000, 120_000];
/** The retries of Step Functions' own example for Lambda errors. */
const CALLER_RETRY_MS = [2_000, 4_000, 8_000];
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
const MAX_STEP_BYTES = 262_144;
/** How long a caller waits before it asks again for a hop that another invocation runs. */
const CALLER_WAIT_MS = 30_000;

/**
 * Runs a recursive handler in virtual time, with faults, and tells everything that happened: a run of hours takes
 * milliseconds. What the handler waits for is best the world's that it is given; while it waits for something real, virtual
 * time stops, for {@link SimulateOptions.realMs} in all.
 *
 * @throws {@link ConfigError} for options that cannot work; an error with the code `WAITS_OUTSIDE` if the handler waits too
 * long for something real; what its module throws while it is loaded.
 *
 * @example
 * ```ts
 * const result = await simulate({
 *   seed: 1234,
 *   event: { upTo: 20 },
 *   handler: (world) =>
 *     world.recursive<{ upTo: number }, number>({
 *       start: () => 0,
 *       async *run(position, { event, signal }) {
 *         for (let at = position; at < event.upTo; at++) {
 *           await world.step(2_000, { signal });
 *           await world.effect(`item-${at}`, "processed");
 *           yield at + 1;
 *         }
 *       },
 *     }),
 * });
 * runChecks(result, [...standardChecks, noTimeouts]);
 * ```
 */
export function simulate(options: SimulateOptions): Promise<SimulationResult> {
  return simulateWith(options);
}

/** {@link simulate}, with faults that are chosen and not left to chance. */
export async function simulateWith(options: SimulateOptions, chooser?: FaultChooser): Promise<SimulationResult> {
  const { seed, timeoutMs = 60_000, faultsForMs = 600_000, trigger = "queue", store: storeOption = true } = options;
  const { stepMs, outside = [] } = options;
  const events = options.events ?? [{ event: options.event ?? {} }];
  const functions = new Map(Object.entries({ ...options.functions, [MAIN]: options.handler }));
  assertOptions(options, events, [...functions.keys()]);
  const timeline = new Timeline(WORLD_BEGINS_MS);
  const world = new World({
    timeline,
    random: seededRandom(seed),
    faults: resolveFaults(options.faults ?? "chaos"),
    chooser,
    latencies: { ...USUAL_LATENCIES, ...options.latencies },
    scriptedCrashes: options.crashAt ?? [],
    faultsForMs,
    skewMs: options.skewMs ?? 1_000,
    env: { LONGHAUL_RECURSIVE_LOOP: "Allow", ...options.env },
    tracesSteps: options.tracesSteps ?? true,
    onTrace: options.onTrace,
  });
  const effects = new Effects(world);
  const makeStore = storeOption === true ? (records: typeof world.records) => memoryRunStore(records) : storeOption;
  const store = makeStore ? makeStore(world.records) : undefined;
  world.hasStore = store !== undefined;
  const givenUp: QueuedEvent[] = [];
  const platforms = new Map<string, Platform>();
  const deliver = (event: QueuedEvent) => platforms.get(event.to)?.deliver(event);
  const queue = asynchronousQueue(world, (name) => platforms.has(name), deliver);
  const invokeAgain = (event: QueuedEvent, delayMs: number, by: Sender = "caller") => {
    const { job, hop } = event;
    world.note({ job }, { type: "sent", by, forHop: hop, deliveries: 1 });
    timeline.await(delayMs, () => deliver(event));
  };
  for (const [name, handler] of functions) {
    // Types do not allow the handler itself, but what is meant is clear.
    const deployed = deployedHandler(handler);
    const platform = new Platform(world, {
      name,
      timeoutMs,
      isKilledAtTimeout: options.platformKills ?? true,
      maxContainers: options.maxContainers ?? 10,
      invocationsPerContainer: options.invocationsPerContainer ?? 1,
      retryAfterMs: trigger === "queue" ? QUEUE_RETRY_MS : CALLER_RETRY_MS,
      memoryMb: options.memoryMb ?? 1_024,
      load: async (container) => {
        const driver = (maxBytes?: number) => {
          const plain = simulatedDriver(world, queue, container, "hop", maxBytes);
          return options.driver?.(plain) ?? plain;
        };
        const itsStore = store && simulatedStore(world, store, container);
        const host = simulatedHost(world, container, effects, { store: itsStore, driver: driver(), timeoutMs, stepMs });
        const usesStore = options.store === undefined ? undefined : itsStore !== undefined;
        const stepTime = stepTimeOf(host, stepMs ?? [timeoutMs / 100, timeoutMs / 5]);
        const services = { host: host.host, store: itsStore, driver };
        return hosted(world, deployed ?? (await handler(host)), services, { stepTime, usesStore });
      },
      onReturned(event, outcome) {
        if (trigger !== "caller") return;
        if ((outcome.status === "continued" || outcome.status === "sleeping") && outcome.continuation) {
          const payload = JSON.stringify(outcome.continuation);
          if (utf8Bytes(payload) > MAX_STEP_BYTES) {
            tooLarge(world, undefined, "the continuation", utf8Bytes(payload), MAX_STEP_BYTES);
            givenUp.push(event);
            return;
          }
          const next = { ...event, payload, hop: event.hop + 1, requestId: world.id(), retry: 0 };
          const sleepMs = outcome.status === "sleeping" ? Date.parse(outcome.wakeAt) - world.timeline.nowMs : 0;
          invokeAgain(next, Math.max(0, sleepMs) + world.random.between([5, 50]));
        } else if (outcome.status === "duplicate" && outcome.refusal === "lease-live") {
          invokeAgain({ ...event, requestId: world.id(), retry: 0 }, CALLER_WAIT_MS);
        }
      },
      onFailure: (event) => void givenUp.push(event),
    });
    platforms.set(name, platform);
  }
  const toFunction: Queue =
    trigger === "queue" ? queue : { enqueue: (event, by) => invokeAgain(event, world.random.between([5, 50]), by) };
  for (const [job, { event, to = MAIN, atMs = 0 }] of events.entries()) {
    const first = { payload: JSON.stringify(event), to, job, hop: 0, requestId: world.id(), retry: 0 };
    timeline.await(atMs, () => toFunction.enqueue(first, "cause"));
  }
  askFromOutside(world, { store, queue, platforms }, outside);
  // A caller that waits for the continuation cannot be replaced by a sweeper.
  const { sweeper: sweeperOptions = trigger === "queue" && {} } = options;
  const sweeper = store && sweeperOptions ? new Sweeper(world, store, queue, sweeperOptions) : undefined;
  const isOver = () => {
    if (timeline.awaited > 0 || sweeper?.isBusy) return false;
    for (const platform of platforms.values()) if (platform.isBusy) return false;
    return (
      !sweeper ||
      [...world.records.values()].every(
        // One whose function was not told of its end is due yet.
        (record) => isAtRest(record) && record.dueAtMs === undefined,
      )
    );
  };
  const waits = new OutsideWaits(world, options.handler, options.realMs ?? 4_000);
  const run = () => {
    const limitMs = options.limitMs ?? faultsForMs + 4 * 3_600_000;
    const settled = () => {
      noCaller();
      return waits.settled();
    };
    return timeline.run(isOver, WORLD_BEGINS_MS + limitMs, settled);
  };
  await run();
  const ends = events.map((event, job) => event.ends ?? options.ends ?? usualEnds(outside, job));
  const results = (redriven: ReadonlySet<number>) => {
    const hasStore = store !== undefined && world.hasStore;
    const given = new Set(givenUp.map(({ job }) => job));
    return jobResults(world, {
      ends,
      givenUp: given,
      redriven,
      hasStore,
      hasSweeper: hasStore && sweeper !== undefined,
    });
  };
  let jobs = results(new Set());
  if (options.redrive !== false) {
    const redriven = await redrive(world, toFunction, store, jobs, givenUp);
    if (redriven.size > 0) {
      await run();
      jobs = results(redriven);
    }
  }
  return {
    seed,
    outcome: jobs[0]!.outcome,
    jobs,
    trace: world.trace,
    effects: { values: effects.values, attempts: effects.attempts },
    records: world.records,
    stats: world.stats,
    hasStore: store !== undefined && world.hasStore,
    platformKills: options.platformKills ?? true,
    endedAtMs: world.atMs,
    lastFaultAtMs: world.lastFaultMs,
  };
}
