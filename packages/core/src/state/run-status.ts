/**
 * The phase of a run. `handed-off`: its next hop may begin. `sleeping`: its next hop may begin at a time to come. `running`: a hop holds the lease. `paused`: kept until
 * resumed, by request or because it could not go on. `done`, `failed`, `stopped`: over. `deleted`: over, and its record is
 * empty; it stays until its time to live, so that no late event begins the run again.
 */
export type RunPhase = "running" | "handed-off" | "sleeping" | "paused" | "done" | "failed" | "stopped" | "deleted";

/** The status of a run in a list: one that is handed off is under way like one that runs. */
export type RunStatus = Exclude<RunPhase, "handed-off" | "deleted">;

/** Every status. */
export const RUN_STATUSES: readonly RunStatus[] = ["running", "sleeping", "paused", "done", "failed", "stopped"];

/** The status of a run in this phase; `undefined` for one that was deleted, which no list shows. */
export function statusOf(phase: RunPhase): RunStatus | undefined {
  if (phase === "deleted") return undefined;
  return phase === "handed-off" ? "running" : phase;
}
