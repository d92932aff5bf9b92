import { type ChildProcess, spawn } from "node:child_process";

/**
 * A frozen (SIGSTOP) sandbox cannot notice that its parent is gone, and Node.js cannot ask Linux for a parent-death signal.
 * So a small process holds a pipe to the parent; when the pipe closes, for whatever reason, it kills the process groups it
 * was told of, and ends.
 */
export const ORPHAN_GUARD_SOURCE = String.raw`
const groups = new Set(process.argv.slice(2).map(Number));
let rest = "";
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
function end() {
  for (const pid of groups) {
    try { process.kill(-pid, "SIGKILL"); } catch {}
  }
  process.exit(0);
}
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) {
    const pid = Number(line.slice(1));
    if (!Number.isSafeInteger(pid) || pid <= 1) continue;
    if (line[0] === "+") groups.add(pid);
    else groups.delete(pid);
  }
});
process.stdin.on("end", end);
process.stdin.on("error", end);
`;

/** Kills process groups when this process dies, however it dies. */
export interface OrphanGuard {
  /** Takes a process group under guard; call it in the same tick as the spawn. */
  watch(pid: number): void;
  /** The process is over; its number may be given to another. */
  release(pid: number): void;
  /** Process id of the guard itself, once started. */
  readonly pid: number | undefined;
  /** Ends the guard. Groups still watched are killed. */
  stop(): Promise<void>;
}

/** Creates a guard whose process starts with the first group watched, and again should someone kill it. */
export function createOrphanGuard(nodeBinary: string, scriptPath: string): OrphanGuard {
  const watched = new Set<number>();
  let guard: ChildProcess | undefined;
  let isStopped = false;

  function start(): void {
    const child = spawn(nodeBinary, ["--max-old-space-size=16", scriptPath, ...[...watched].map(String)], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      env: {},
    });
    guard = child;
    child.stdin?.on("error", () => {});
    child.on("error", () => {});
    child.on("exit", () => {
      if (guard === child) guard = undefined;
      if (!isStopped && watched.size > 0) start();
    });
    child.unref();
  }

  return {
    watch(pid) {
      watched.add(pid);
      if (guard) guard.stdin?.write(`+${pid}\n`);
      else start();
    },
    release(pid) {
      if (watched.delete(pid)) guard?.stdin?.write(`-${pid}\n`);
    },
    get pid() {
      return guard?.pid;
    },
    async stop() {
      isStopped = true;
      const child = guard;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.ref();
      child.stdin?.end();
      await ended;
    },
  };
}
