import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { startLocalAws } from "../src/index.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** Runs the parent program with a temporary directory of its own, until its functions are up. */
async function startParent(): Promise<{ parent: ChildProcess; pids: readonly number[]; temporary: string }> {
  const temporary = mkdtempSync(join(tmpdir(), "longhaul-parent-"));
  directories.push(temporary);
  const program = fileURLToPath(new URL("./parent-process.ts", import.meta.url));
  const parent = spawn(process.execPath, ["--conditions=longhaul-source", program, temporary], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: temporary, NODE_NO_WARNINGS: "1" },
  });
  const [line]: string[] = await once(createInterface({ input: parent.stdout! }), "line");
  const { pids }: { pids: number[] } = JSON.parse(line ?? "{}");
  return { parent, pids, temporary };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function allGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
}

const scratchIn = (temporary: string) => readdirSync(temporary).filter((name) => name.startsWith("longhaul-local-"));

describe("no function outlives the embedded AWS, frozen or at work", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("after %s, which also removes its files", async (signal) => {
    const { parent, pids, temporary } = await startParent();
    expect(pids).toHaveLength(2);
    expect(pids.every(isAlive)).toBe(true);
    expect(scratchIn(temporary)).toHaveLength(1);
    const ended = once(parent, "exit");
    parent.kill(signal);
    expect(await ended).toEqual([null, signal]);
    await allGone(pids);
    expect(scratchIn(temporary)).toEqual([]);
  });

  it("after SIGKILL, which leaves it no moment to clean up; the next start removes its files", async () => {
    const { parent, pids, temporary } = await startParent();
    expect(pids.every(isAlive)).toBe(true);
    const before = scratchIn(temporary);
    // A start beside it leaves it alone.
    const beside = await startLocalAws({ directory: temporary });
    expect(scratchIn(temporary)).toEqual(expect.arrayContaining(before));
    await beside.stop();
    const ended = once(parent, "exit");
    parent.kill("SIGKILL");
    await ended;
    await allGone(pids);
    expect(scratchIn(temporary)).toEqual(before);
    const next = await startLocalAws({ directory: temporary });
    expect(scratchIn(temporary)).not.toEqual(before);
    expect(scratchIn(temporary)).toHaveLength(1);
    await next.stop();
    expect(scratchIn(temporary)).toEqual([]);
  });
});
