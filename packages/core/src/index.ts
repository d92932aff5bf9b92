export { TimeBudget } from "./budget/time-budget.ts";
export {
  ConfigError,
  EventError,
  FailRunError,
  FencedError,
  HopEndingError,
  LonghaulError,
  StateError,
} from "./errors.ts";
export { emfObserver } from "./observe/emf.ts";
export { jsonLogObserver } from "./observe/json-log.ts";
export type { Observer, RunEvent } from "./observe/observer.ts";
export type { InvocationContext, RecursiveOptions, RunContext } from "./options.ts";
export { continueAsNew } from "./recursion/continue-as-new.ts";
export { callerDriver, type HandOffDriver } from "./recursion/driver.ts";
export type { Guards } from "./recursion/guards.ts";
export { type Outcome, RunFailedError, RunStoppedError } from "./recursion/outcome.ts";
export { runIdOf } from "./recursion/run-id.ts";
export { type RecursiveHandler, recursive } from "./recursive.ts";
export type { StandardSchema } from "./state/codec.ts";
export type { Jsonable } from "./state/jsonable.ts";
export { memoryRunStore } from "./state/memory-run-store.ts";
export type { RunStore } from "./state/run-store.ts";
export { secretSeal } from "./state/seal.ts";
