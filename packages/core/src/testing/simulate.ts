import { ConfigError } from "../errors.ts";
import type { HandOffDriver } from "../recursion/driver.ts";
import { memoryRunStore } from "../state/memory-run-store.ts";
import type { RunRecord, RunStore } from "../state/run-store.ts";
import type { SimulatedHandler } from "./container.ts";
import { Effects } from "./effects.ts";
import { type FaultsOption, type Latencies, resolveFaults, type ScriptedCrash, USUAL_LATENCIES } from "./faults.ts";
import { askFromOutside, type OutsideRequest } from "./outside.ts";
import { Platform } from "./platform.ts";
import { asynchronousQueue, type QueuedEvent } from "./queue.ts";
import { seededRandom } from "./seeded-random.ts";
import { simulatedDriver } from "./simulated-driver.ts";
import { type SimulatedHost, simulatedHost } from "./simulated-host.ts";
import { simulatedStore } from "./simulated-store.ts";
import { jobResults, type SimulationResult } from "./simulation-result.ts";
import { Sweeper, type SweeperOptions } from "./sweeper.ts";
import { Timeline } from "./timeline.ts";
import { WORLD_BEGINS_MS, World } from "./world.ts";

/** Options of {@link simulate}. */
export interface SimulateOptions {
  /** Decides everything that is left to chance: the same seed gives the same run, byte for byte. */
  readonly seed: number;
  /** Your module: called once for each new container, so that module state is its own. */
  readonly handler: (world: SimulatedHost) => SimulatedHandler | Promise<SimulatedHandler>;
  /** The event that begins the run. Default `{}`. */
  readonly event?: object;
  /** Several runs instead: their events, and when each arrives. */
  readonly events?: readonly { readonly event: object; readonly atMs?: number }[];
  /** The function's timeout in milliseconds. Default 60,000. */
  readonly timeoutMs?: number;
  /** What goes wrong: `"calm"`, `"chaos"` (default) or rates. */
  readonly faults?: FaultsOption;
  /** Crashes at exact points, each once. */
  readonly crashAt?: readonly ScriptedCrash[];
  /** Faults end after so much virtual time, in milliseconds, so that the run can end. Default 600,000. */
  readonly faultsForMs?: number;
  /** How far the clocks of two hosts may differ, in milliseconds. Default 1,000, as `recursive()` assumes. */
  readonly skewMs?: number;
  /** The run store: `true` (default) for one in memory, `false` for none, or one of your own over the given records. */
  readonly store?: boolean | ((records: Map<string, RunRecord>) => RunStore);
  /** The sweeper beside the store; `false` for none. Default: there is one beside the queue, and none beside a caller. */
  readonly sweeper?: SweeperOptions | false;
  /** Changes the channel of hand-offs, e.g. to show that a check would notice a broken one. */
  readonly driver?: (driver: HandOffDriver) => HandOffDriver;
  /** Who invokes: Lambda's asynchronous queue (default), or a caller that invokes again with the continuation. */
  readonly trigger?: "queue" | "caller";
  /** Whether the platform kills the process at the timeout (default); Lambda Managed Instances do not. */
  readonly platformKills?: boolean;
  /** Containers at most. Default 10. */
  readonly maxContainers?: number;
  /** Invocations at a time in one container. Default 1; more on Lambda Managed Instances. */
  readonly invocationsPerContainer?: number;
  /** Stop, pause and resume requests. Need a store. */
  readonly outside?: readonly OutsideRequest[];
  readonly latencies?: Partial<Latencies>;
  /** Environment variables. `LONGHAUL_RECURSIVE_LOOP=Allow` is set by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** The function's memory, for the cost guard. Default 1,024. */
  readonly memoryMb?: number;
  /** Whether each step is in the trace. Default `true`; `false` for long runs. */
  readonly tracesSteps?: boolean;
  /** The simulation ends at the latest after so much virtual time, in milliseconds. Default 4 hours after the faults. */
  readonly limitMs?: number;
}

/** Waits before Lambda's retries: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const QUEUE_RETRY_MS = [60_000, 120_000];
/** What Step Functions' own example for Lambda errors has. */
const CALLER_RETRY_MS = [2_000, 4_000, 8_000];
/** How long a caller waits before it asks again for a hop that another invocation runs. */
const CALLER_WAIT_MS = 30_000;

/**
 * Runs a recursive handler in virtual time, with faults, and tells everything that happened. Nothing real is waited for:
 * a run of hours takes milliseconds. All of the handler's waiting must go through the world it is given.
 *
 * @throws {@link ConfigError} for options that cannot work.
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
export async function simulate(options: SimulateOptions): Promise<SimulationResult> {
  const { seed, timeoutMs = 60_000, faultsForMs = 600_000, trigger = "queue", store: storeOption = true } = options;
  const events = options.events ?? [{ event: options.event ?? {} }];
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new ConfigError(`seed must be a whole number from 0, not ${seed}.`);
  if (!(timeoutMs > 0)) throw new ConfigError(`timeoutMs must be above 0, not ${timeoutMs}.`);
  const timeline = new Timeline(WORLD_BEGINS_MS);
  const world = new World({
    timeline,
    random: seededRandom(seed),
    faults: resolveFaults(options.faults ?? "chaos"),
    latencies: { ...USUAL_LATENCIES, ...options.latencies },
    scriptedCrashes: options.crashAt ?? [],
    faultsForMs,
    skewMs: options.skewMs ?? 1_000,
    env: { LONGHAUL_RECURSIVE_LOOP: "Allow", ...options.env },
    tracesSteps: options.tracesSteps ?? true,
  });
  const effects = new Effects(world);
  const makeStore = storeOption === true ? memoryRunStore : storeOption;
  const store = makeStore ? makeStore(world.records) : undefined;
  const failed = new Set<number>();
  const queue = asynchronousQueue(world, (event) => platform.deliver(event));
  const invokeAgain = (event: QueuedEvent, delayMs: number) => {
    const { job, hop } = event;
    world.note({ job }, { type: "sent", by: "caller", forHop: hop, deliveries: 1 });
    timeline.await(delayMs, () => platform.deliver(event));
  };
  const platform: Platform = new Platform(world, {
    timeoutMs,
    isKilledAtTimeout: options.platformKills ?? true,
    maxContainers: options.maxContainers ?? 10,
    invocationsPerContainer: options.invocationsPerContainer ?? 1,
    retryAfterMs: trigger === "queue" ? QUEUE_RETRY_MS : CALLER_RETRY_MS,
    memoryMb: options.memoryMb ?? 1_024,
    load: async (container) => {
      const plain = simulatedDriver(world, queue, container, "hop");
      const driver = options.driver?.(plain) ?? plain;
      const itsStore = store && simulatedStore(world, store, container);
      return options.handler(simulatedHost(world, container, effects, { store: itsStore, driver, timeoutMs }));
    },
    onReturned(event, outcome) {
      if (trigger !== "caller") return;
      const { job, hop } = event;
      if (outcome.status === "continued" && outcome.continuation) {
        const payload = JSON.stringify(outcome.continuation);
        invokeAgain({ payload, job, hop: hop + 1, requestId: world.id(), retry: 0 }, world.random.between([5, 50]));
      } else if (outcome.status === "duplicate" && outcome.refusal === "lease-live") {
        invokeAgain({ ...event, requestId: world.id(), retry: 0 }, CALLER_WAIT_MS);
      }
    },
    onFailure: ({ job }) => failed.add(job),
  });
  for (const [job, { event, atMs = 0 }] of events.entries()) {
    const first = { payload: JSON.stringify(event), job, hop: 0, requestId: world.id(), retry: 0 };
    timeline.await(atMs, () => (trigger === "queue" ? queue.enqueue(first, "cause") : invokeAgain(first, 0)));
  }
  if (store) askFromOutside(world, store, queue, options.outside ?? []);
  // A caller that waits for the continuation cannot be replaced by a sweeper.
  const { sweeper: sweeperOptions = trigger === "queue" && {} } = options;
  const sweeper = store && sweeperOptions ? new Sweeper(world, store, queue, sweeperOptions) : undefined;
  const isOver = () => {
    if (timeline.awaited > 0 || platform.isBusy || sweeper?.isBusy) return false;
    return !sweeper || [...world.records.values()].every(({ phase }) => phase !== "running" && phase !== "handed-off");
  };
  await timeline.run(isOver, WORLD_BEGINS_MS + (options.limitMs ?? faultsForMs + 4 * 3_600_000));
  const jobs = jobResults(world, events.length, failed, {
    hasStore: store !== undefined,
    hasSweeper: sweeper !== undefined,
  });
  return {
    seed,
    outcome: jobs[0]!.outcome,
    jobs,
    trace: world.trace,
    effects: { values: effects.values, attempts: effects.attempts },
    records: world.records,
    stats: world.stats,
    hasStore: store !== undefined,
    platformKills: options.platformKills ?? true,
    endedAtMs: world.atMs,
    lastFaultAtMs: world.lastFaultMs,
  };
}
