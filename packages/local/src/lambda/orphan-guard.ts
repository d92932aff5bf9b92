import { type ChildProcess, spawn } from "node:child_process";

/**
 * A frozen (SIGSTOP) sandbox cannot notice that its parent is gone, and Node.js cannot ask Linux for a parent-death signal.
 * So a small process holds a pipe to the parent; when the pipe closes, for whatever reason, it kills the process groups it
 * was told of with whatever left them, and ends. It looks for the latter as `instance-processes.ts` does.
 */
export const ORPHAN_GUARD_SOURCE = String.raw`
import { fstatSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";

const groups = new Map();
let rest = "";
for (const line of process.argv.slice(2)) take(line);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
function attempt(run) {
  try { return run(); } catch { return undefined; }
}
function namespaceOf(pid) {
  return attempt(() => statSync("/proc/" + pid + "/ns/mnt").ino);
}
function openNamespace(pid) {
  return attempt(() => fstatSync(openSync("/proc/" + pid + "/ns/mnt", "r")).ino);
}
function isMember(each, instances, namespaces) {
  if (each === process.pid) return false;
  if (namespaces.has(namespaceOf(each))) return true;
  const environment = attempt(() => readFileSync("/proc/" + each + "/environ"));
  return environment !== undefined && instances.some((id) => environment.includes(id));
}
function end() {
  const own = namespaceOf("self");
  // Linux gives the number of a namespace that is gone to the next one at once. These stay open until this process ends.
  const namespaces = new Set([...groups.keys()].map(openNamespace).filter((ino) => ino !== undefined && ino !== own));
  const instances = [...groups.values()].filter((id) => id !== "");
  for (let round = 0; round < 20 && groups.size > 0; round += 1) {
    const all = attempt(() => readdirSync("/proc")) ?? [];
    const members = all.map(Number).filter((each) => Number.isInteger(each) && isMember(each, instances, namespaces));
    if (members.filter((each) => attempt(() => process.kill(each, "SIGKILL"))).length === 0) break;
  }
  for (const pid of groups.keys()) attempt(() => process.kill(-pid, "SIGKILL"));
  process.exit(0);
}
function take(line) {
  const [sign, ...words] = [line[0], ...line.slice(1).split(" ")];
  const pid = Number(words[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return;
  if (sign === "+") groups.set(pid, words[1] ?? "");
  else groups.delete(pid);
}
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  for (const line of lines) take(line);
});
process.stdin.on("end", end);
process.stdin.on("error", end);
`;

/** Kills process groups when this process dies, however it dies. */
export interface OrphanGuard {
  /** Takes the process group of an instance under guard; call it in the same tick as the spawn. */
  watch(pid: number, instanceId: string): void;
  /** The process is over; its number may be given to another. */
  release(pid: number): void;
  /** Process id of the guard itself, once started. */
  readonly pid: number | undefined;
  /** Ends the guard. Groups still watched are killed. */
  stop(): Promise<void>;
}

/** Creates a guard whose process starts with the first group watched, and again should someone kill it. */
export function createOrphanGuard(nodeBinary: string, scriptPath: string): OrphanGuard {
  const watched = new Map<number, string>();
  let guard: ChildProcess | undefined;
  let isStopped = false;

  function start(): void {
    const child = spawn(nodeBinary, ["--max-old-space-size=16", scriptPath, ...[...watched].map(lineOf)], {
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
    watch(pid, instanceId) {
      watched.set(pid, instanceId);
      if (guard) guard.stdin?.write(`${lineOf([pid, instanceId])}\n`);
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

function lineOf([pid, instanceId]: readonly [pid: number, instanceId: string]): string {
  return `+${pid} ${instanceId}`;
}
