import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Names one process for as long as it lives, among all that may share a directory with it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Tells it from a later process of the same number; `undefined` where the platform does not tell. */
  readonly startedAt: string | undefined;
  readonly host: string;
  /** Changes with each start of the machine. */
  readonly boot: string | undefined;
  /** Process numbers count within this namespace, as in a container of its own. */
  readonly pidNamespace: string | undefined;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    startedAt: startOf(process.pid),
    host: hostname(),
    boot: attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: attempt(() => readlinkSync("/proc/self/ns/pid")),
  };
}

/** Whether a process is alive; `undefined` if that cannot be told from here, as for one of another machine or container. */
export function isAlive(identity: ProcessIdentity, own = ownIdentity()): boolean | undefined {
  if (identity.host !== own.host) return undefined;
  if (identity.boot !== own.boot) return false;
  if (identity.pidNamespace !== own.pidNamespace) return undefined;
  return isRunning(identity.pid) && startOf(identity.pid) === identity.startedAt;
}

/** Reads what {@link ownIdentity} was written as; `undefined` if it is none. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const value = attempt(() => JSON.parse(text) as unknown);
  if (typeof value !== "object" || value === null) return undefined;
  const field = (name: string): unknown => Reflect.get(value, name);
  const optional = (name: string) => (typeof field(name) === "string" ? String(field(name)) : undefined);
  const [pid, host] = [field("pid"), field("host")];
  if (typeof pid !== "number" || !Number.isInteger(pid) || pid < 1 || typeof host !== "string") return undefined;
  return {
    pid,
    host,
    startedAt: optional("startedAt"),
    boot: optional("boot"),
    pidNamespace: optional("pidNamespace"),
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** When a process started, in whatever form the platform has: ticks since the start of the machine, or a date. */
function startOf(pid: number): string | undefined {
  // The 22nd field, behind a name that may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const status = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (status !== undefined) return status.slice(status.lastIndexOf(")") + 2).split(" ")[19];
  if (process.platform === "linux") return undefined;
  return attempt(() => execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim());
}

function attempt<Value>(run: () => Value): Value | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
