import { describe, expect, it } from "vitest";
import { type ManualHost, manualHost } from "../../test/manual-host.ts";
import { runRecord } from "../../test/run-record.ts";
import type { HandOffMessage } from "../recursion/driver.ts";
import { memoryRunStore } from "./memory-run-store.ts";
import type { DuePage, RunRecord, RunStore } from "./run-store.ts";
import { sweep } from "./sweep.ts";

/** A run whose hand-off was lost, a little more than a minute ago. */
function lost(host: ManualHost, run: string, change: Partial<RunRecord> = {}): [string, RunRecord] {
  return [
    run,
    runRecord({ run, target: `arn:${run}`, dueAtMs: host.nowMs - 60_001, event: '{"bucket":"in"}', ...change }),
  ];
}

function world(
  change: (host: ManualHost) => Array<[string, RunRecord]>,
  fails: (message: HandOffMessage) => unknown = () => undefined,
) {
  const host = manualHost();
  const records = new Map(change(host));
  const store = memoryRunStore(records);
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
  return { host, records, store, sent, driver, options: { host, store, driver } };
}

const nothing = { due: 0, sent: 0, failed: 0, throttled: 0 };
const throttle = Object.assign(new Error("busy"), { $metadata: { httpStatusCode: 429 } });

describe("a sweep sends the next hop of runs that stand still", () => {
  it("as it was handed off", async () => {
    const { host, sent, options } = world((host) => [lost(host, "lost", { tenantId: "blue" })]);
    expect(await host.until(sweep(options))).toEqual({ ...nothing, due: 1, sent: 1 });
    expect(sent).toMatchObject([
      {
        run: "lost",
        hop: 4,
        target: "arn:lost",
        tenantId: "blue",
        event: { bucket: "in", position: 7, longhaul: { run: "lost", hop: 4 } },
      },
    ]);
  });

  it.each<[string, (host: ManualHost) => Partial<RunRecord>, number]>([
    ["whose owner is dead", (host) => ({ phase: "running", owner: "a", leaseUntilMs: host.nowMs - 60_001 }), 1],
    ["not whose event may be under way", (host) => ({ dueAtMs: host.nowMs - 60_000 }), 0],
    ["not whose lease is live", (host) => ({ phase: "running", owner: "a", dueAtMs: host.nowMs + 1 }), 0],
  ])("%s", async (_, change, due) => {
    const { host, options } = world((host) => [lost(host, "run", change(host))]);
    expect(await host.until(sweep(options))).toMatchObject({ due, sent: due });
  });

  it("but none that the index names and its record does not confirm", async () => {
    const { host, store, sent, options } = world((host) => [lost(host, "run", { dueAtMs: host.nowMs })]);
    const stale: RunStore = { ...store, due: async () => ({ runs: ["run", "gone"] }) };
    expect(await host.until(sweep({ ...options, store: stale }))).toEqual(nothing);
    expect(sent).toEqual([]);
  });

  it("once, though two sweeps look at the same time", async () => {
    const { host, sent, options } = world((host) => [lost(host, "a"), lost(host, "b")]);
    await host.until(Promise.all([sweep(options), sweep(options)]));
    expect(sent.map(({ run }) => run).sort()).toEqual(["a", "b"]);
  });

  it("and again only later, longer each time, as long as no hop begins", async () => {
    const { host, sent, options } = world((host) => [lost(host, "a")]);
    const sentAfterMin: number[] = [];
    for (let minute = 0; minute < 12; minute++) {
      await host.until(sweep(options));
      if (sent.splice(0).length > 0) sentAfterMin.push(minute);
      host.advance(60_001);
    }
    // The first event gets a minute, the next ones two, three, four.
    expect(sentAfterMin).toEqual([0, 1, 3, 6, 10]);
  });

  it("page by page", async () => {
    const { host, store, sent, options } = world((host) => ["a", "b", "c"].map((run) => lost(host, run)));
    const pages: Record<string, DuePage> = {
      first: { runs: ["a", "b"], cursor: "second" },
      second: { runs: [], cursor: "third" },
      third: { runs: ["c"] },
    };
    const paged: RunStore = { ...store, due: async ({ cursor = "first" }) => pages[cursor]! };
    expect(await host.until(sweep({ ...options, store: paged }))).toMatchObject({ sent: 3 });
    expect(sent.map(({ run }) => run)).toEqual(["a", "b", "c"]);
  });
});

describe("one run that cannot be sent does not hold up the others", () => {
  it.each<[string, unknown]>([
    ["that may not be invoked", Object.assign(new Error("no"), { $metadata: { httpStatusCode: 403 } })],
    ["that is throttled for good", throttle],
  ])("%s", async (_, failure) => {
    const { host, sent, options } = world(
      (host) => [lost(host, "a"), lost(host, "b"), lost(host, "c")],
      ({ run }) => (run === "b" ? failure : undefined),
    );
    const beganMs = host.nowMs;
    expect(await host.until(sweep(options))).toEqual({ ...nothing, due: 3, sent: 2, failed: 1 });
    expect(sent.map(({ run }) => run)).toEqual(["a", "c"]);
    expect(host.nowMs - beganMs).toBeLessThanOrEqual(5_000);
  });

  it("whose record is damaged", async () => {
    const { host, options } = world((host) => [lost(host, "a", { event: "{" }), lost(host, "b")]);
    expect(await host.until(sweep(options))).toMatchObject({ due: 2, sent: 1, failed: 1 });
  });

  it("whose record cannot be asked for", async () => {
    const { host, store, options } = world((host) => [lost(host, "a"), lost(host, "b")]);
    const { postpone } = store;
    const broken: RunStore = {
      ...store,
      postpone: (run, query) => (run === "a" ? Promise.reject(new Error("no")) : postpone(run, query)),
    };
    expect(await host.until(sweep({ ...options, store: broken }))).toMatchObject({ sent: 1, failed: 1 });
  });

  it("that all have one function, which is throttled: it is asked a few times, not for each", async () => {
    let tries = 0;
    const runs = Array.from({ length: 200 }, (_, n) => `run-${n}`);
    const { host, sent, options } = world(
      (host) => [...runs.map((run) => lost(host, run, { target: "arn:busy" })), lost(host, "other")],
      ({ target }) => {
        if (target !== "arn:busy") return undefined;
        tries++;
        return throttle;
      },
    );
    const beganMs = host.nowMs;
    const report = await host.until(sweep(options));
    expect(report).toMatchObject({ due: 201, sent: 1 });
    expect(report.failed + report.throttled).toBe(200);
    expect(report.throttled).toBeGreaterThan(180);
    expect(tries).toBeLessThan(200);
    expect(sent.map(({ run }) => run)).toEqual(["other"]);
    expect(host.nowMs - beganMs).toBeLessThanOrEqual(10_000);
  });

  it("whose send is never answered", async () => {
    const { host, store, sent } = world((host) => [lost(host, "a"), lost(host, "b")]);
    const driver = {
      name: "test",
      maxBytes: 1_000,
      send: (message: HandOffMessage) =>
        message.run === "a" ? new Promise<void>(() => {}) : Promise.resolve(void sent.push(message)),
    };
    expect(await host.until(sweep({ host, store, driver }))).toMatchObject({ due: 2, sent: 1, failed: 1 });
    expect(host.waiting).toBe(0);
  });
});

describe("a sweep ends before its time does", () => {
  it("though there are more runs than it has time for; the next one finds them", async () => {
    let leftMs = 60_000;
    const { host, sent, options } = world(
      (host) => Array.from({ length: 100 }, (_, n) => lost(host, `run-${n}`)),
      () => {
        leftMs -= 2_500;
        return undefined;
      },
    );
    const remainingMs = () => leftMs;
    const report = await host.until(sweep({ ...options, remainingMs }));
    expect(report.sent).toBeGreaterThan(10);
    expect(report.sent).toBeLessThan(100);
    leftMs = 1_000_000;
    await host.until(sweep({ ...options, remainingMs }));
    expect(new Set(sent.map(({ run }) => run)).size).toBe(100);
    expect(sent).toHaveLength(100);
  });

  it("though the store does not answer: it fails, and says what was not answered", async () => {
    const { host, store, options } = world((host) => [lost(host, "a")]);
    const silent: RunStore = { ...store, due: () => new Promise(() => {}) };
    const beganMs = host.nowMs;
    await expect(host.until(sweep({ ...options, store: silent }))).rejects.toThrow("The run store's due was not");
    expect(host.nowMs - beganMs).toBeLessThanOrEqual(5_000);
  });
});
