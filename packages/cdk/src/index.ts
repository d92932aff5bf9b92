export type { AlarmPath } from "./alarm-target.ts";
export { BucketWalk, type BucketWalkProps } from "./bucket-walk.ts";
export type { BundlingProps } from "./bundled-code.ts";
export { BundledFunction, type BundledFunctionProps } from "./bundled-function.ts";
export { ContextSettings, type GivenProps } from "./context-settings.ts";
export { ContinueAsNew, type ContinueAsNewProps } from "./continue-as-new.ts";
export { BundleError, InvalidPropError, SettingError } from "./errors.ts";
export { KillSwitch, type KillSwitchProps } from "./kill-switch.ts";
export { LoopFleet, type LoopFleetProps } from "./loop-fleet.ts";
export { ObjectTransform, type ObjectTransformProps } from "./object-transform.ts";
export { PolledQueue, type PolledQueueProps } from "./polled-queue.ts";
export { QueuedFiles, type QueuedFilesProps } from "./queued-files.ts";
export {
  RecursiveFunction,
  type RecursiveFunctionProps,
  type RunMetric,
  type RunMetricProps,
} from "./recursive-function.ts";
export { RunDashboard, type RunDashboardProps } from "./run-dashboard.ts";
export { type RunEndStatus, RunEvents, type RunEventsProps } from "./run-events.ts";
export { RunTable, type RunTableProps } from "./run-table.ts";
export type { Trigger } from "./source-bucket.ts";
export { stackOutputs } from "./stack-outputs.ts";
export type { ObjectAction } from "./walk-permissions.ts";
