/**
 * Tools for tests of apps on the embedded AWS. They need no test runner.
 *
 * @packageDocumentation
 */

export type { AppObjects, BucketChoice } from "./app/app-objects.ts";
export type { AppRuns, AppWaitOptions } from "./app/app-runs.ts";
export { AppStackError } from "./app/app-stack-error.ts";
export { atRest } from "./app/at-rest.ts";
export { configFileNames, findConfigFile } from "./app/config-file.ts";
export { type DeployAppOptions, type DeployedApp, deployApp } from "./app/deploy-app.ts";
export { type HiddenMessages, hiddenMessages } from "./app/hidden-messages.ts";
export { type DynamoDbItem, itemAsJson } from "./app/plain-item.ts";
export { RunsNotOverError } from "./app/runs-not-over-error.ts";
export { type RunningApp, type StartAppOptions, startApp } from "./app/start-app.ts";
export { type AssemblyOptions, synthesizeApp } from "./app/synthesize-app.ts";
export { SynthesisError, type SynthesizeOptions, synthesize } from "./cloudformation/synthesize.ts";
export { type FunctionIds, FunctionIdsError, functionIdsOf } from "./testing/function-ids.ts";
export {
  type NotedCall,
  type PermissionRecord,
  type RolePermissions,
  recordPermissions,
  type StatementUse,
} from "./testing/permission-record.ts";
export { type PlainRecordsOptions, plainRecordsOf } from "./testing/plain-records.ts";
export { isNamed } from "./testing/policy-decision.ts";
export {
  byPolicies,
  type Permission,
  permissionsOf,
  UnsupportedPolicyError,
} from "./testing/role-permissions.ts";
export { type RunEventFields, runEventOf } from "./testing/run-event.ts";
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
