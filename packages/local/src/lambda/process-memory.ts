import { readFileSync } from "node:fs";

/** Memory of a process in MB: resident now, and the most it ever was. */
export interface ProcessMemory {
  readonly residentMb: number;
  readonly peakMb: number;
}

/** Reads `/proc/<pid>/status`; `undefined` where there is no such file (macOS) or no such process. */
export function readProcessMemory(pid: number): ProcessMemory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
    const residentMb = kb("VmRSS") / 1024;
    const peakMb = kb("VmHWM") / 1024;
    return Number.isFinite(residentMb) && Number.isFinite(peakMb) ? { residentMb, peakMb } : undefined;
  } catch {
    return undefined;
  }
}
