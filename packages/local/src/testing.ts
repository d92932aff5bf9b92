/**
 * What tests of apps on the embedded AWS have in common. Needs no test runner.
 *
 * @packageDocumentation
 */

export { SynthesisError, type SynthesizeOptions, synthesize } from "./cloudformation/synthesize.ts";
export { type FunctionIds, FunctionIdsError, functionIdsOf } from "./testing/function-ids.ts";
export { plainRecordsOf } from "./testing/plain-records.ts";
export {
  byPolicies,
  isNamed,
  type Permission,
  permissionsOf,
  UnsupportedPolicyError,
} from "./testing/role-permissions.ts";
export {
  type LoggedRunEvent,
  NoSandboxError,
  NotSeenError,
  type RunWatch,
  type RunWatchOptions,
  type SeenEvent,
  type SeenInvocation,
  watchRuns,
} from "./testing/run-watch.ts";
export { type PolicyTemplate, statedPermissions } from "./testing/stated-permissions.ts";
