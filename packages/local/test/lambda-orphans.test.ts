import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

/** A parent that is killed cannot clear up its scratch directory. */
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "longhaul-orphans-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A failing test must not leave what it was looking for. */
const started: number[] = [];
afterEach(async () => {
  for (const pid of await survivors(started.splice(0), 0)) process.kill(pid, "SIGKILL");
});

/** Live processes with their parents; zombies are over, they only wait to be counted. */
function processes(): { pid: number; parent: number }[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
  return table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith("Z"))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

async function survivors(pids: readonly number[], withinMs: number): Promise<number[]> {
  const until = performance.now() + withinMs;
  for (;;) {
    const alive = processes().map(({ pid }) => pid);
    const left = pids.filter((pid) => alive.includes(pid));
    if (left.length === 0 || performance.now() > until) return left;
    await sleep(20);
  }
}

async function startParent(): Promise<{ kill(signal: NodeJS.Signals): void; pids: number[]; pid: number }> {
  const parent = spawn(
    process.execPath,
    ["--conditions=longhaul-source", fileURLToPath(import.meta.resolve("./lambda-orphan-parent.ts"))],
    {
      stdio: ["ignore", "pipe", "inherit"],
      cwd: join(import.meta.dirname, ".."),
      env: { ...process.env, TMPDIR: scratch },
    },
  );
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const { pids } = JSON.parse(line.toString("utf8")) as { pids: number[] };
  const pid = parent.pid as number;
  const children = processes()
    .filter((process) => process.parent === pid)
    .map((process) => process.pid);
  started.push(pid, ...pids, ...children);
  return { pid, pids: [...new Set([...pids, ...children])], kill: (signal) => void parent.kill(signal) };
}

describe("no process outlives the embedded Lambda", () => {
  it.each(["SIGKILL", "SIGINT", "SIGTERM"] as const)(
    "when its process ends by %s, frozen, busy and grandchild processes and the guard are gone",
    async (signal) => {
      const parent = await startParent();
      // Three sandboxes, two grandchildren, one of them detached, and the guard.
      expect(parent.pids.length).toBe(6);
      expect(await survivors([...parent.pids, parent.pid], 0)).toHaveLength(7);
      parent.kill(signal);
      expect(await survivors([...parent.pids, parent.pid], 20_000)).toEqual([]);
    },
  );

  it("when the guard itself is killed, another takes over", async () => {
    const parent = await startParent();
    const guard = parent.pids.at(-1) as number;
    const sandboxes = parent.pids.slice(0, -1);
    const guards = () =>
      processes().filter((process) => process.parent === parent.pid && !sandboxes.includes(process.pid));
    expect(guards().map(({ pid }) => pid)).toEqual([guard]);
    process.kill(guard, "SIGKILL");
    while (!guards().some(({ pid }) => pid !== guard)) await sleep(20);
    parent.kill("SIGKILL");
    expect(await survivors(sandboxes, 20_000)).toEqual([]);
  });
});
