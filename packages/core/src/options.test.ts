import { describe, expect, it } from "vitest";
import { invocation, manualHost } from "../test/manual-host.ts";
import { ConfigError, callerDriver, type RecursiveOptions, recursive } from "./index.ts";
import { settle } from "./settings.ts";

const good: RecursiveOptions<object, number, void> = {
  start: () => 0,
  *run() {},
  driver: callerDriver(),
  advanced: { host: manualHost() },
};

describe("an option that cannot work is refused when the handler is built", () => {
  it.each<[string, Record<string, unknown>, string]>([
    ["a name that does not exist", { reserve: 1_000 }, 'no option "reserve"'],
    ["a name that is nearly right", { stores: 1 }, 'no option "stores"'],
    ["an unknown name of the state", { state: { keys: "a" } }, 'no option "state.keys". There are: key, schema'],
    ["an unknown name of the time", { time: { reserve: 1 } }, 'no option "time.reserve"'],
    ["an unknown name of what is seldom set", { advanced: { clock: 1 } }, 'no option "advanced.clock"'],
    ["an unknown name of the lease", { lease: { everyMs: 1 } }, 'no option "lease.everyMs"'],
    ["no start", { start: undefined }, 'needs the function "start"'],
    ["a run that is no function", { run: {} }, 'needs the function "run"'],
    ["an empty state key", { state: { key: "" } }, "state.key"],
    ["the envelope's key as state key", { state: { key: "longhaul" } }, "state.key"],
    ["no reserve", { time: { reserveMs: 0 } }, "reserveMs"],
    ["an empty scope of run ids", { advanced: { runScope: "" } }, "runScope cannot be empty"],
    ["a reserve below nothing", { time: { reserveMs: -1 } }, "reserveMs"],
    ["a reserve read from the environment", { time: { reserveMs: "10000" } }, "reserveMs"],
    ["a reserve without end", { time: { reserveMs: Number.POSITIVE_INFINITY } }, "reserveMs"],
    [
      "a watchdog as slow as the reserve",
      { time: { reserveMs: 1_000, watchdogIntervalMs: 1_000 } },
      "must be below the reserve",
    ],
    [
      "a watchdog that a learned reserve can undercut",
      { time: { watchdogIntervalMs: 200 } },
      "must be below the reserve, which may be 200 ms",
    ],
    ["a watchdog that never rests", { time: { watchdogIntervalMs: 0 } }, "watchdogIntervalMs"],
    ["a watchdog that is no number", { time: { watchdogIntervalMs: "100" } }, "watchdogIntervalMs must be a number"],
    ["checkpoints without pause", { time: { checkpointEveryMs: 0 } }, "time.checkpointEveryMs"],
    [
      "a checkpoint interval read from the environment",
      { time: { checkpointEveryMs: "5000" } },
      "checkpointEveryMs must be a number",
    ],
    ["a skew below nothing", { advanced: { skewMs: -1 } }, "advanced.skewMs"],
    ["a skew read from the environment", { advanced: { skewMs: "1000" } }, "skewMs must be a number"],
    ["a skew without end", { advanced: { skewMs: Number.POSITIVE_INFINITY } }, "advanced.skewMs"],
    ["a version policy that does not exist", { version: "latest" }, 'must be "pin" or "upgrade"'],
    ["a guard that does not exist", { guards: { maxHop: 1 } }, 'no guard "maxHop"'],
    ["a guard that stops everything", { guards: { maxHops: 0 } }, "guards.maxHops"],
    ["a state version that is none", { state: { version: 0 } }, "state.version"],
    ["migrate without a version", { state: { migrate: () => 0 } }, "state.migrate needs state.version"],
  ])("%s", (_, change, message) => {
    const build = () => recursive({ ...good, ...change } as typeof good);
    expect(build).toThrow(ConfigError);
    expect(build).toThrow(message);
  });
});

describe("an option that cannot work with the timeout is refused at the first event", () => {
  it.each([5_000, 4_999])("a reserve of 5,000 ms in %d ms", async (timeoutMs) => {
    const handler = recursive({ ...good, time: { reserveMs: 5_000 } });
    await expect(handler({}, invocation(manualHost(), timeoutMs))).rejects.toMatchObject({ code: "CONFIG" });
  });

  it("a watchdog slower than half of a very short timeout", async () => {
    const handler = recursive({ ...good, time: { watchdogIntervalMs: 150 } });
    await expect(handler({}, invocation(manualHost(), 250))).rejects.toMatchObject({ code: "CONFIG" });
  });
});

describe("every default is filled in", () => {
  it("with what the documentation says", () => {
    const { limits, ...settings } = settle({ start: good.start, run: good.run }, callerDriver);
    expect(settings).toMatchObject({ checkpointEveryMs: 5_000, skewMs: 1_000, observers: [] });
    expect(settings.stateKey).toBeUndefined();
    expect(limits).toEqual({
      maxHops: 10_000,
      maxDurationMs: 604_800_000,
      maxCostUsd: 25,
      maxStalledHops: 3,
      maxAttempts: 10,
      isSameStateProgress: false,
      isRecursiveLoopAllowed: false,
    });
  });
});
