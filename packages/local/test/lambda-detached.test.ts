import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { invokeJson, isIsolated } from "./isolation-testbed.ts";
import { openTestbed } from "./lambda-testbed.ts";

// Ends what waits for a process that lives on.
/** Expressions that start a process which leaves the instance's group; each gives its number. */
const ways = {
  "in a session of its own": `spawn("sleep", ["100"], { detached: true, stdio: "ignore" }).pid`,
  "twice removed": `Number(execFileSync("sh", ["-c", "setsid sleep 100 >/dev/null 2>&1 & echo $!"]))`,
  "without its environment": `spawn("/bin/sleep", ["100"], { detached: true, stdio: "ignore", env: {} }).pid`,
};
/** Without a namespace, a process is found by its environment: see the README. */
const modes = isIsolated ? (["auto", "none"] as const) : (["none"] as const);
const served = modes
  .flatMap((mode) => Object.entries(ways).map(([name, way]) => ({ mode, name, way })))
  .filter(({ mode, name }) => mode === "auto" || name !== "without its environment");

function stateOf(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    return status.slice(status.lastIndexOf(")") + 2)[0];
  } catch {
    return undefined;
  }
}

/** A process that was killed is there until its parent has taken note. */
const isOver = (pid: number) => [undefined, "Z", "X"].includes(stateOf(pid));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe.runIf(existsSync("/proc/self/stat"))(
  "what a function starts belongs to its instance, also when detached (found on Linux only)",
  () => {
    it.for(served)("$name, isolation $mode: it is frozen with it, and ends with it", async ({ mode, name, way }) => {
      const bed = await openTestbed({ isolation: mode });
      const functionName = await bed.deploy(
        `import { execFileSync, spawn } from "node:child_process";
       let pid;
       export const handler = async () => (pid ??= ${way});`,
      );
      const pid = await invokeJson<number>(bed, functionName);
      expect(pid).toBeGreaterThan(1);
      // Only an instance that has children at the time is searched.
      if (name !== "twice removed") await until(() => stateOf(pid) === "T");
      expect(await invokeJson(bed, functionName)).toBe(pid);
      expect(isOver(pid)).toBe(false);
      await bed.lambda.recycle(functionName);
      await until(() => isOver(pid));
      await bed.close();
    });

    it.for(modes)("it ends at the time limit, isolation %s", async (mode) => {
      const bed = await openTestbed({ isolation: mode });
      const functionName = await bed.deploy(
        `import { spawn } from "node:child_process";
       export const handler = async () => {
         const child = spawn("sleep", ["100"], { detached: true, stdio: "ignore" });
         console.log("started " + child.pid);
         await new Promise((done) => setTimeout(done, 60000));
       };`,
        { timeoutSeconds: 1 },
      );
      const logs = bed.record("log");
      await bed.lambda.invoke({ functionName });
      const pid = Number(logs.map(({ message }) => /^started (\d+)$/.exec(message)?.[1]).find(Boolean));
      expect(pid).toBeGreaterThan(1);
      await until(() => isOver(pid));
      await bed.close();
    });
  },
);
