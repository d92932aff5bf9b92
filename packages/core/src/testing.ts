export { type Check, invariant } from "./testing/check.ts";
export type { SimulatedHandler } from "./testing/container.ts";
export type { EffectAttempt, EffectOptions } from "./testing/effects.ts";
export { external } from "./testing/external.ts";
export type { ScriptedFault } from "./testing/fault-script.ts";
export type { Faults, FaultsOption, Latencies, ScriptedCrash } from "./testing/faults.ts";
export { formatTrace } from "./testing/format-trace.ts";
export { InvariantError } from "./testing/invariant-error.ts";
export { positionNeverGoesBack } from "./testing/lease-checks.ts";
export type { OutsideRequest } from "./testing/outside.ts";
export { RefutedError } from "./testing/refuted-error.ts";
export { type SeededRandom, seededRandom } from "./testing/seeded-random.ts";
export { simulate } from "./testing/simulate.ts";
export { type ManyResult, runChecks, type SimulateManyOptions, simulateMany } from "./testing/simulate-many.ts";
export type { LoadHandler, SimulatedEvent, SimulateOptions } from "./testing/simulate-options.ts";
export type { SimulatedHost } from "./testing/simulated-host.ts";
export type { JobOutcome, JobResult, SimulationResult, SimulationStats } from "./testing/simulation-result.ts";
export { standardChecks, storelessChecks } from "./testing/standard-checks.ts";
export type { SweeperOptions } from "./testing/sweeper.ts";
export type {
  Happening,
  OutsideAsk,
  Sender,
  StoreWrite,
  TraceEvent,
  TraceEventOf,
  TracePlace,
} from "./testing/trace.ts";
export { verify } from "./testing/verify.ts";
export { type CoveredFaults, defineVerification, type Verified, type VerifyOptions } from "./testing/verify-options.ts";
export {
  everyItemAtLeastOnce,
  exactlyOnceWhereIdempotent,
  noTimeouts,
  theRunEnds,
} from "./testing/work-checks.ts";
export { WORLD_BEGINS_MS } from "./testing/world.ts";
