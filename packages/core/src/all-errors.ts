/** Every error of this package, by its class. Programs compare `code`, which is stable. */

export { CallTimeoutError } from "./calls/call-errors.ts";
export { errorPage } from "./error-page.ts";
export * from "./errors.ts";
export { RunFailedError, RunStoppedError } from "./recursion/outcome.ts";
export { StateVersionError } from "./state/codec.ts";
export { RunHistoryError } from "./state/run-history-error.ts";
