import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { workingRun } from "./working-run.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

describe("what a hop held is given back, though its steps left listeners on its signal", () => {
  it.each([
    ["with a lease by heartbeats", { lease: { heartbeatMs: 2_000 }, time: { stepTimeoutMs: 5_000 } }],
    ["with a limit for steps", { time: { stepTimeoutMs: 5_000 } }],
    ["with neither", {}],
  ])("%s", async (_, options) => {
    const held: WeakRef<object>[] = [];
    const count = async () => {
      const run = workingRun({
        ...options,
        onItem(item, { signal }) {
          const large = { item };
          held.push(new WeakRef(large));
          signal.addEventListener("abort", () => void large.item);
        },
      });
      await run.follow({ upTo: 20 });
    };
    for (let i = 0; i < 5; i++) await count();
    // A weak reference holds until the end of the turn that made it.
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
    expect(held.length).toBeGreaterThanOrEqual(100);
    expect(held.filter((reference) => reference.deref() !== undefined)).toHaveLength(0);
  });
});
