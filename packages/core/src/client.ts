/** Runs from outside the function that works on them: begin, read, wait for, list, stop, pause, resume, rewind, redrive and delete them. */

export { type FailedEvent, failedEventOf } from "./client/failed-event.ts";
export {
  type EventOf,
  type ListOptions,
  type Redriven,
  type ResultOf,
  type RunClient,
  type RunClientOptions,
  type RunList,
  type RunResumeOptions,
  type RunRewindOptions,
  runClient,
  type StartOptions,
  type WaitOptions,
} from "./client/run-client.ts";
export type { RunDetails } from "./client/run-details.ts";
export { type ResumeOptions, resume } from "./state/resume.ts";
export { type RewindOptions, rewind } from "./state/rewind.ts";
export { type SweepOptions, type SweepReport, sweep } from "./state/sweep.ts";
