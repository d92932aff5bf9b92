import { ConfigError } from "../errors.ts";
import type { Check } from "./check.ts";
import { FaultScript, parseScript, type ScriptedFault } from "./fault-script.ts";
import { type Faults, resolveFaults } from "./faults.ts";
import { RefutedError } from "./refuted-error.ts";
import { simulateWith } from "./simulate.ts";
import type { SimulationResult } from "./simulation-result.ts";
import { standardChecks, storelessChecks } from "./standard-checks.ts";
import type { TraceEvent } from "./trace.ts";
import type { CoveredFaults, Verified, VerifyOptions } from "./verify-options.ts";

// Taken at once: a test may replace the globals by fake ones later.
const { performance } = globalThis;

const USUAL_FAULTS: readonly (keyof Faults)[] = [
  ...(["crash", "handOffLost", "duplicated", "stuckStep", "effectFails", "coldStart"] as const),
];

/** A trial that was made, as the beginning of those with one fault more. */
interface Trial {
  readonly script: readonly ScriptedFault[];
  readonly occasions: readonly (keyof Faults)[];
}

/**
 * Makes every trial of a handler with no fault, then every one with one fault, then with two. The process dies at each step, call
 * and write; each event is lost or doubled; each step hangs. So the first finding has as few faults as possible. A fault strikes
 * only where the handler waits for the simulation. Durations are the same in all trials.
 *
 * @throws {@link RefutedError} if an invariant or a check falls: with the faults, the trace, and how to replay it.
 * {@link ConfigError} for options that cannot work, and for a handler that does not do the same when it is run again.
 *
 * @example
 * ```ts
 * await verify({
 *   event: { orders: ["a", "b"] },
 *   services: () => new Map<string, number>(),
 *   handler: (world, charges) =>
 *     world.recursive({
 *       start: (_event: { orders: string[] }) => 0,
 *       async *run(next, { event, run }) {
 *         for (const order of event.orders.slice(next)) {
 *           await world.call("charge", () => charges.set(`${run.id}/${order}`, 9));
 *           yield ++next;
 *         }
 *       },
 *     }),
 *   invariant: (_result, charges) => assert.equal(charges.size, 2),
 * });
 * ```
 */
export async function verify<Services = undefined>(options: VerifyOptions<Services>): Promise<Verified> {
  const { maxFaults = 2, maxTrials = Number.POSITIVE_INFINITY, maxRealMs = 60_000, onProgress, replay } = options;
  const possible = possibleFaults(options);
  const covered: CoveredFaults[] = [];
  if (replay !== undefined) {
    await trialOf(options, possible, parseScript(replay, possible), covered);
    return { covered, isWhole: false };
  }
  const endMs = performance.now() + maxRealMs;
  let trials = 0;
  const isOver = () => trials >= maxTrials || performance.now() >= endMs;
  let level: Trial[] = [];
  for (let faults = 0; faults <= maxFaults; faults++) {
    const next: Trial[] = [];
    let [made, of] = [0, faults === 0 ? 1 : level.reduce((sum, trial) => sum + childrenOf(trial), 0)];
    if (of === 0) return { covered, isWhole: true };
    for (const script of faults === 0 ? [[]] : scriptsAfter(level, possible)) {
      // Both ways of the last fault, if it turns out to have two.
      for (const way of [script, otherWay(script)]) {
        if (trials > 0 && isOver()) return { covered: [...covered, { faults, trials: made, of }], isWhole: false };
        const { occasions, hasOtherWay } = await trialOf(options, possible, way, [
          ...covered,
          { faults, trials: made + 1, of },
        ]);
        trials++;
        made++;
        if (way === script && hasOtherWay) of++;
        if (faults < maxFaults) next.push({ script: way, occasions });
        onProgress?.({ faults, trials: made, of });
        if (!hasOtherWay) break;
      }
    }
    covered.push({ faults, trials: made, of });
    level = next;
  }
  return { covered, isWhole: true };
}

function possibleFaults({
  faults = USUAL_FAULTS,
  maxFaults = 2,
}: Pick<VerifyOptions, "faults" | "maxFaults">): ReadonlySet<keyof Faults> {
  if (!Number.isSafeInteger(maxFaults) || maxFaults < 0) {
    throw new ConfigError(`maxFaults must be a whole number from 0, not ${maxFaults}.`);
  }
  // Throws for a name that is none.
  resolveFaults(Object.fromEntries(faults.map((fault) => [fault, 1])));
  return new Set(faults);
}

/** Each script of a trial with one fault more, which strikes after those it has; first those whose fault is named first. */
function* scriptsAfter(
  level: readonly Trial[],
  possible: ReadonlySet<keyof Faults>,
): Generator<readonly ScriptedFault[]> {
  for (const fault of possible) {
    for (const { script, occasions } of level) {
      for (let at = lastOf(script) + 1; at <= occasions.length; at++) {
        if (occasions[at - 1] === fault) yield [...script, { fault, at }];
      }
    }
  }
}

function childrenOf({ script, occasions }: Trial): number {
  return occasions.length - lastOf(script);
}

function lastOf(script: readonly ScriptedFault[]): number {
  return script.at(-1)?.at ?? 0;
}

function otherWay(script: readonly ScriptedFault[]): readonly ScriptedFault[] {
  return script.map((fault, index) => (index === script.length - 1 ? { ...fault, isOther: true } : fault));
}

/** Makes one trial. */
async function trialOf<Services>(
  options: VerifyOptions<Services>,
  possible: ReadonlySet<keyof Faults>,
  script: readonly ScriptedFault[],
  covered: readonly CoveredFaults[],
): Promise<FaultScript> {
  const { seed = 0, services: makeServices, handler, invariant, always, timeoutMs = 60_000 } = options;
  const chooser = new FaultScript(possible, script);
  const services = makeServices?.() as Services;
  const trace: TraceEvent[] = [];
  let fallen: { readonly error: unknown } | undefined;
  const onTrace = (event: TraceEvent) => {
    trace.push(event);
    try {
      if (!fallen) always?.(services);
    } catch (error) {
      fallen = { error };
    }
  };
  // A hop holds a step or two, so that a few steps make a few hops.
  const stepMs = options.stepMs ?? [timeoutMs * 0.3, timeoutMs * 0.3];
  const load = (world: Parameters<typeof handler>[0]) => handler(world, services);
  const result = await simulateWith({ ...options, seed, stepMs, handler: load, faults: "calm", onTrace }, chooser);
  if (!chooser.isPlayed) {
    throw new ConfigError(
      "The handler did not do the same again, so a fault found no occasion. Let it take time, ids and randomness from world.host and world.random, and its services' state from services(); or the replay is of another version.",
    );
  }
  try {
    if (fallen) throw fallen.error;
    for (const check of options.checks ?? checksOf(result)) check(result);
    await invariant?.(result, services);
  } catch (error) {
    throw new RefutedError(error, { faults: script, trace, covered });
  }
  return chooser;
}

function checksOf({ hasStore }: SimulationResult): readonly Check[] {
  return hasStore ? standardChecks : storelessChecks;
}
