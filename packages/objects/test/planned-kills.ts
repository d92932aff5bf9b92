import type { RunEvent } from "@longhaul/core";
import type { FileCloud } from "./file-cloud.ts";

/** When the process is killed that works on a file. */
export interface PlannedKill {
  /** Just after the run has said this ... */
  readonly at: Extract<RunEvent["type"], "hop.start" | "handoff" | "done">;
  /** ... of this hop, or of any ... */
  readonly hop: number | "any";
  /** ... so often. */
  readonly times: number;
}

/** Kills processes at moments of runs, by the keys of their files. */
export function planKills(
  cloud: FileCloud,
  plans: Readonly<Record<string, PlannedKill>>,
): { killsOf(key: string): number; end(): void } {
  const kills = new Map<string, number>();
  const end = cloud.onEvent((event) => {
    const [key, plan] = Object.entries(plans).find(([name]) => event.run.includes(`/${name}@`)) ?? [];
    if (key === undefined || event.type !== plan?.at) return;
    if (plan.hop !== "any" && plan.hop !== event.hop) return;
    const count = kills.get(key) ?? 0;
    if (count >= plan.times) return;
    try {
      process.kill(cloud.pidOf(event), "SIGKILL");
      kills.set(key, count + 1);
    } catch {
      // Another file's kill in the same process was quicker.
    }
  });
  return { killsOf: (key) => kills.get(key) ?? 0, end };
}
