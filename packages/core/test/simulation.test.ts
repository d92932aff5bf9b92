import { describe, expect, it } from "vitest";
import { runChecks, type SimulatedHost, simulate, simulateMany, standardChecks } from "../src/testing.ts";
import { type Family, families } from "./simulated-families.ts";
import { itemWorker, job, type SimulatedJob, wholeWork } from "./simulated-work.ts";

describe("what recursive() guarantees holds whatever goes wrong", () => {
  for (const [name, { atLeastDone, ...options }] of Object.entries(families)) {
    it(`${name} (${options.seeds} seeds)`, async () => {
      const command = `npx vitest run test/simulation.test.ts -t "${name}"`;
      const { runs, outcomes, redriven } = await simulateMany({ ...options, command });
      // One replayed seed need not be done.
      if (runs === 1) return;
      const jobs = runs * (options.events?.length ?? 1);
      expect((outcomes.done - redriven) / jobs).toBeGreaterThanOrEqual(atLeastDone);
    });
  }

  const one = job("one", { upTo: 10, sigma: 0.2 });
  const calm = { seed: 7, faults: "calm", event: one, timeoutMs: 20_000 } as const;

  it("a crash at each await of the first three hops, one at a time", async () => {
    const crashed = new Set<string>();
    for (const hop of [0, 1, 2]) {
      for (let point = 1; point <= 40; point++) {
        const result = await simulate({ ...calm, handler: itemWorker(), crashAt: [{ hop, await: point }] });
        runChecks(result, [...standardChecks, ...wholeWork(one)]);
        expect(result.outcome, `crash at await ${point} of hop ${hop}`).toBe("done");
        for (const event of result.trace) if (event.type === "crashed") crashed.add(event.where);
      }
    }
    for (const op of ["begin", "checkpoint", "handOff"]) expect(crashed).toContain(`after store.${op}`);
    expect(crashed).toContain("after driver.send");
  });

  it("a clock that jumps between the begin of an invocation and its lease", async () => {
    // Found by the soak: the lease is as long as the invocation by the clock of then, and no other.
    const {
      checks = standardChecks,
      atLeastDone: _,
      ...family
    } = families["clocks that differ by half the timeout"] as Family;
    runChecks(await simulate({ ...family, seed: 1_002_883 }), checks);
  });

  it("a rewind at each quarter of a second of a run", async () => {
    const rewound = new Set<string>();
    for (let atMs = 0; atMs < 45_000; atMs += 250) {
      const outside = [{ ask: "rewind", atMs, ...(atMs % 500 === 0 && { hop: 0 }) }] as const;
      const result = await simulate({ ...calm, handler: itemWorker({ historyHops: 2 }), outside });
      runChecks(result, [...standardChecks, ...wholeWork(one)]);
      expect(result.outcome, `rewound at ${atMs} ms`).toBe("done");
      const at = result.trace.findIndex(({ type }) => type === "rewound");
      const before = result.trace.slice(0, at).findLast(({ type }) => type === "write");
      if (before?.type === "write") rewound.add(`${before.phase}, hop ${before.recordHop}`);
    }
    for (const where of ["running, hop 0", "running, hop 1", "done, hop 2"]) expect(rewound).toContain(where);
  });

  it("the platform's own retries suffice after one crash: the sweeper is for what they miss", async () => {
    for (const hop of [0, 1]) {
      for (let point = 1; point <= 40; point++) {
        const crashAt = [{ hop, await: point }];
        const result = await simulate({ ...calm, handler: itemWorker(), crashAt, sweeper: false });
        expect(result.outcome, `crash at await ${point} of hop ${hop}`).toBe("done");
      }
    }
  });

  it("a crash repeats what was done since the last checkpoint, and no more", async () => {
    const long = job("one", { upTo: 40, stepMs: 1_000, sigma: 0 });
    for (let point = 1; point <= 150; point += 3) {
      const crashAt = [{ hop: 0, await: point }];
      const result = await simulate({ ...calm, event: long, timeoutMs: 60_000, handler: itemWorker(), crashAt });
      expect(result.outcome).toBe("done");
      // Checkpoints come every 5 s: five steps, and the one in which it crashed.
      expect(result.effects.attempts.length - long.upTo).toBeLessThanOrEqual(6);
    }
  });

  it.each([
    ["throws", 15],
    ["crashes", 0],
  ])("a hop that %s again and again is not given up while it makes progress", async (_, throws) => {
    const event = job("one", { upTo: 60, stepMs: 2_500, sigma: 0 });
    const handler = (world: SimulatedHost) =>
      world.recursive<SimulatedJob, number>({
        start: () => 0,
        guards: { maxAttempts: 4 },
        async *run(position, { run }) {
          for (let at = position; at < event.upTo; at++) {
            await world.step(event.stepMs);
            if (throws > 0 && run.hop === 0 && at === position + 3) throw new Error("it fails after three items");
            yield at + 1;
          }
        },
      });
    // Each attempt is lost a little after its first checkpoint.
    const crashAt = Array.from({ length: 15 - throws }, () => ({ hop: 0, await: 10 }));
    const faultsForMs = 8 * 3_600_000;
    const result = await simulate({ ...calm, event, timeoutMs: 60_000, faultsForMs, handler, crashAt });
    runChecks(result, standardChecks);
    const failures = result.trace.filter(({ type }) => type === "threw" || type === "crashed");
    expect(failures.length).toBeGreaterThan(10);
    expect(result.outcome).toBe("done");
  });

  it.each([
    ["the invocation", undefined, 900_000, 1_100_000],
    ["heartbeats", 2_000, 0, 80_000],
  ])("a run whose process dies is taken over by the first retry or sweep after its lease: by %s", async (...args) => {
    const [, heartbeatMs, atLeastMs, atMostMs] = args;
    const handler = itemWorker(heartbeatMs === undefined ? {} : { heartbeatMs });
    for (let point = 3; point <= 24; point += 3) {
      const crashAt = [{ hop: 0, await: point }];
      const result = await simulate({ ...calm, timeoutMs: 900_000, handler, crashAt });
      runChecks(result, [...standardChecks, ...wholeWork(one)]);
      const crashedAt = result.trace.find(({ type }) => type === "crashed")?.at ?? Number.NaN;
      const begun = result.trace.find((each) => each.type === "write" && each.op === "begin" && each.attempt === 2);
      const waitedMs = (begun?.at ?? Number.NaN) - crashedAt;
      expect(waitedMs, `crash at await ${point}`).toBeGreaterThan(atLeastMs - crashedAt);
      expect(waitedMs, `crash at await ${point}`).toBeLessThan(atMostMs);
    }
  });

  it("what a process that stood still does to its successor's work is fenced", async () => {
    const {
      seeds: _,
      atLeastDone: __,
      vary: ___,
      ...options
    } = families["processes that stall without dying"] as Family;
    const seen = { takenOver: 0, overlapping: 0, refused: 0 };
    for (let seed = 0; seed < 300; seed++) {
      const result = await simulate({ ...options, seed });
      runChecks(result, options.checks ?? standardChecks);
      const latest = { epoch: 0 };
      for (const event of result.trace) {
        if (event.type === "write" && event.op === "begin" && event.answer === "accepted") latest.epoch++;
        if (event.type === "write" && event.op === "renew" && event.answer === "refused") seen.takenOver++;
        if (event.type !== "effect" || event.fenceToken === undefined) continue;
        if (event.fenceToken < latest.epoch) seen.overlapping++;
        if (!event.isAccepted) seen.refused++;
      }
    }
    expect(seen.takenOver).toBeGreaterThan(10);
    expect(seen.overlapping).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(0);
  });

  it("two crashes, the second in the hop that took over", async () => {
    for (let first = 1; first <= 16; first++) {
      for (let second = 1; second <= 16; second++) {
        const crashAt = [
          { hop: 1, await: first },
          { hop: 1, await: second },
        ];
        const result = await simulate({ ...calm, handler: itemWorker(), crashAt });
        runChecks(result, [...standardChecks, ...wholeWork(one)]);
        expect(result.outcome, `crashes at awaits ${first} and ${second} of hop 1`).toBe("done");
      }
    }
  });
});
