import { describe, expect, it } from "vitest";
import type { HandOffMessage } from "../recursion/driver.ts";
import { NO_STATS } from "../recursion/envelope.ts";
import { type StillHost, stillHost } from "../still-host.ts";
import { memoryRunStore } from "./memory-run-store.ts";
import type { RunRecord } from "./run-store.ts";
import { sweep } from "./sweep.ts";

function handedOff(host: StillHost, run: string, change: Partial<RunRecord> = {}): [string, RunRecord] {
  const record: RunRecord = {
    run,
    hop: 2,
    phase: "handed-off",
    leaseUntilMs: 0,
    heartbeatAtMs: host.nowMs - 60_001,
    startedAtMs: 0,
    attempts: 0,
    target: `arn:${run}`,
    stateKey: "position",
    event: '{"bucket":"in"}',
    state: '{"value":7}',
    stats: NO_STATS,
    ...change,
  };
  return [run, record];
}

function world(
  change: (host: StillHost) => Array<[string, RunRecord]>,
  fails: (message: HandOffMessage) => unknown = () => undefined,
) {
  const host = stillHost();
  const store = memoryRunStore(new Map(change(host)));
  const sent: HandOffMessage[] = [];
  const driver = {
    name: "test",
    maxBytes: 1_000,
    async send(message: HandOffMessage) {
      const failure = fails(message);
      if (failure) throw failure;
      sent.push(message);
    },
  };
  return { host, store, sent, driver, options: { host, store, driver } };
}

describe("a sweep sends the next hop of runs that stand still", () => {
  it("as it was handed off", async () => {
    const { host, sent, options } = world((host) => [handedOff(host, "lost")]);
    expect(await host.until(sweep(options))).toEqual({ stale: 1, sent: 1, failed: 0 });
    expect(sent).toMatchObject([
      {
        run: "lost",
        hop: 2,
        target: "arn:lost",
        event: { bucket: "in", position: 7, longhaul: { run: "lost", hop: 2 } },
      },
    ]);
  });

  it.each<[string, (host: StillHost) => Partial<RunRecord>, number]>([
    ["whose owner is dead", (host) => ({ phase: "running", owner: "a", leaseUntilMs: host.nowMs - 1_001 }), 1],
    [
      "not whose owner may live, given the skew",
      (host) => ({ phase: "running", owner: "a", leaseUntilMs: host.nowMs - 1_000 }),
      0,
    ],
    ["not whose heart beats", (host) => ({ heartbeatAtMs: host.nowMs - 60_000 }), 0],
    ["not that are done", () => ({ phase: "done" }), 0],
    ["not that are paused", () => ({ phase: "paused" }), 0],
  ])("%s", async (_, change, stale) => {
    const { host, options } = world((host) => [handedOff(host, "run", change(host))]);
    expect(await host.until(sweep(options))).toMatchObject({ stale, sent: stale });
  });

  it("once, though two sweepers look at the same time", async () => {
    const { host, sent, options } = world((host) => [handedOff(host, "a"), handedOff(host, "b")]);
    host.advance(1);
    await host.until(Promise.all([sweep(options), sweep(options)]));
    expect(sent.map(({ run }) => run).sort()).toEqual(["a", "b"]);
  });

  it("and not again, until they stand still again", async () => {
    const { host, sent, options } = world((host) => [handedOff(host, "a")]);
    await host.until(sweep(options));
    host.advance(60_000);
    await host.until(sweep(options));
    expect(sent).toHaveLength(1);
    host.advance(1);
    await host.until(sweep(options));
    expect(sent).toHaveLength(2);
  });
});

describe("one run that cannot be sent does not hold up the others", () => {
  it.each([
    ["that may not be invoked", Object.assign(new Error("no"), { $metadata: { httpStatusCode: 403 } })],
    ["that is throttled for good", Object.assign(new Error("busy"), { $metadata: { httpStatusCode: 429 } })],
  ])("%s", async (_, failure) => {
    const { host, sent, options } = world(
      (host) => [handedOff(host, "a"), handedOff(host, "b"), handedOff(host, "c")],
      ({ run }) => (run === "b" ? failure : undefined),
    );
    const beganMs = host.nowMs;
    expect(await host.until(sweep(options))).toEqual({ stale: 3, sent: 2, failed: 1 });
    expect(sent.map(({ run }) => run)).toEqual(["a", "c"]);
    expect(host.nowMs - beganMs).toBeLessThanOrEqual(5_000);
  });

  it("whose record is damaged", async () => {
    const { host, options } = world((host) => [handedOff(host, "a", { event: "{" }), handedOff(host, "b")]);
    expect(await host.until(sweep(options))).toEqual({ stale: 2, sent: 1, failed: 1 });
  });
});

it("a sweep ends before its time does", async () => {
  const { host, sent, options } = world((host) => [handedOff(host, "a"), handedOff(host, "b"), handedOff(host, "c")]);
  let leftMs = 9_000;
  const remainingMs = () => (leftMs -= 1_500);
  const report = await host.until(sweep({ ...options, remainingMs }));
  expect(report).toEqual({ stale: 3, sent: 2, failed: 0 });
  expect(sent).toHaveLength(2);
  expect(leftMs).toBeGreaterThan(0);
});
