import { describe, expect, it } from "vitest";
import { ConfigError, callerDriver, type RecursiveOptions, recursive } from "./index.ts";
import { settle } from "./options.ts";
import { invocation, stillHost } from "./still-host.ts";

const good: RecursiveOptions<object, number, void> = {
  start: () => 0,
  *run() {},
  driver: callerDriver(),
  host: stillHost(),
};

describe("an option that cannot work is refused when the handler is built", () => {
  it.each<[string, Record<string, unknown>, string]>([
    ["a name that does not exist", { reserve: 1_000 }, 'no option "reserve"'],
    ["a name that is nearly right", { stateVersions: 1 }, 'no option "stateVersions"'],
    ["no start", { start: undefined }, 'needs the function "start"'],
    ["a run that is no function", { run: {} }, 'needs the function "run"'],
    ["an empty state key", { stateKey: "" }, "stateKey"],
    ["the envelope's key as state key", { stateKey: "longhaul" }, "stateKey"],
    ["no reserve", { reserveMs: 0 }, "reserveMs"],
    ["a reserve below nothing", { reserveMs: -1 }, "reserveMs"],
    ["a reserve read from the environment", { reserveMs: "10000" }, "reserveMs"],
    ["a reserve without end", { reserveMs: Number.POSITIVE_INFINITY }, "reserveMs"],
    ["a watchdog as slow as the reserve", { reserveMs: 1_000, watchdogIntervalMs: 1_000 }, "must be below the reserve"],
    [
      "a watchdog that a learned reserve can undercut",
      { watchdogIntervalMs: 200 },
      "must be below the reserve, which may be 200 ms",
    ],
    ["a watchdog that never rests", { watchdogIntervalMs: 0 }, "watchdogIntervalMs"],
    ["a watchdog that is no number", { watchdogIntervalMs: "100" }, "watchdogIntervalMs must be a number"],
    ["checkpoints without pause", { checkpointEveryMs: 0 }, "checkpointEveryMs"],
    [
      "a checkpoint interval read from the environment",
      { checkpointEveryMs: "5000" },
      "checkpointEveryMs must be a number",
    ],
    ["a skew below nothing", { skewMs: -1 }, "skewMs"],
    ["a skew read from the environment", { skewMs: "1000" }, "skewMs must be a number"],
    ["a skew without end", { skewMs: Number.POSITIVE_INFINITY }, "skewMs"],
    ["a version policy that does not exist", { version: "latest" }, 'must be "pin" or "upgrade"'],
    ["a guard that does not exist", { guards: { maxHop: 1 } }, 'no guard "maxHop"'],
    ["a guard that stops everything", { guards: { maxHops: 0 } }, "guards.maxHops"],
    ["a state version that is none", { stateVersion: 0 }, "stateVersion"],
    ["migrate without a version", { migrate: () => 0 }, "migrate needs stateVersion"],
  ])("%s", (_, change, message) => {
    const build = () => recursive({ ...good, ...change } as typeof good);
    expect(build).toThrow(ConfigError);
    expect(build).toThrow(message);
  });
});

describe("an option that cannot work with the timeout is refused at the first event", () => {
  it.each([5_000, 4_999])("a reserve of 5,000 ms in %d ms", async (timeoutMs) => {
    const handler = recursive({ ...good, reserveMs: 5_000 });
    await expect(handler({}, invocation(stillHost(), timeoutMs))).rejects.toMatchObject({ code: "CONFIG" });
  });

  it("a watchdog slower than half of a very short timeout", async () => {
    const handler = recursive({ ...good, watchdogIntervalMs: 150 });
    await expect(handler({}, invocation(stillHost(), 250))).rejects.toMatchObject({ code: "CONFIG" });
  });
});

describe("every default is filled in", () => {
  it("with what the documentation says", () => {
    const { limits, ...settings } = settle({ start: good.start, run: good.run }, callerDriver);
    expect(settings).toMatchObject({ stateKey: "state", checkpointEveryMs: 5_000, skewMs: 1_000, observers: [] });
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
