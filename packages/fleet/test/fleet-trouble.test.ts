import { beforeAll, describe, expect, it } from "vitest";
import { HEARTBEAT_MS, RESTART_MS, SimulatedFleet, STALE_MS } from "./simulation/simulated-fleet.ts";
import { type Failure, type Faults, NO_FAULTS } from "./simulation/world.ts";

const MINUTE = 60_000;
const TROUBLE_MS = 10 * MINUTE;
const HEALED_MS = STALE_MS + RESTART_MS + 5_000;

/** A fleet of four loops with more messages than it can work off in time, and no alarm that adds a loop. */
async function busyFleet(seed: number, messages = 16_000) {
  // SQS counts a receipt whose answer was lost, too: five of them would send away a message that nobody has seen.
  const fleet = new SimulatedFleet({
    seed,
    faults: NO_FAULTS,
    limits: { minLoops: 4, maxLoops: 4 },
    maxReceiveCount: 12,
  });
  for (let at = 0; at < messages; at++) fleet.queue.add(`m${at}`);
  fleet.start(4);
  await fleet.pass(MINUTE);
  return fleet;
}

/** The number of messages that it processes in this time. */
async function processedDuring(fleet: SimulatedFleet, ms: number): Promise<number> {
  const before = fleet.processed.size;
  await fleet.pass(ms);
  return fleet.processed.size - before;
}

/** All that must hold when the trouble is over: nothing lost, nothing given up, as many loops as tokens. */
async function expectHealed(fleet: SimulatedFleet): Promise<void> {
  fleet.world.faults = NO_FAULTS;
  await fleet.pass(HEALED_MS);
  expect(fleet.live.owning).toBe(4);
  expect(fleet.live.faults).toEqual([]);
  await fleet.until(() => fleet.queue.size === 0, 48 * 60 * MINUTE);
  expect([...fleet.queue.deadLetters]).toEqual([]);
  expect(fleet.queue.size).toBe(0);
}

describe("[S4.1] while three in ten calls of a service fail, for ten minutes", () => {
  let quiet = 0;
  beforeAll(async () => {
    quiet = await processedDuring(await busyFleet(1), TROUBLE_MS);
  });
  const mixed: readonly Failure[] = ["throttle", "reset", "silence"];
  const table = { tableFails: 0.3 };
  const sqs = { queueFails: 0.3 };
  const lambda = { invokeFails: 0.3 };

  it.each<[string, readonly Failure[], Partial<Faults>, number]>([
    ["DynamoDB", mixed, table, 0.95],
    ["Lambda", mixed, lambda, 0.8],
    ["SQS", ["throttle"], sqs, 0.5],
    ["SQS", ["reset"], sqs, 0.5],
    ["SQS", ["silence"], sqs, 0.15],
    ["each of them", mixed, { ...table, ...sqs, ...lambda }, 0.2],
  ])(
    "%s (%j): loops go on, nothing is lost, and nothing is given up",
    async (_, failures, faults, share) => {
      const fleet = await busyFleet(1);
      fleet.world.failures = failures;
      fleet.world.faults = { ...NO_FAULTS, ...faults };
      const processed = await processedDuring(fleet, TROUBLE_MS);
      expect(processed / quiet).toBeGreaterThan(share);
      await expectHealed(fleet);
    },
    60_000,
  );
});

describe("[S4.3] while DynamoDB fails altogether", () => {
  it.each<[string, Failure]>([
    ["refuses each call", "throttle"],
    ["is silent", "silence"],
  ])("it %s: for two heartbeats no loop is slower, and none asks without pauses", async (_, failure) => {
    const quiet = await processedDuring(await busyFleet(3), 2 * HEARTBEAT_MS);
    const fleet = await busyFleet(3);
    fleet.world.failures = [failure];
    fleet.world.faults = { ...NO_FAULTS, tableFails: 1 };
    const { looks } = fleet.counts;
    expect(await processedDuring(fleet, 2 * HEARTBEAT_MS)).toBeGreaterThan(0.97 * quiet);
    // A heartbeat that fails is tried again within its period.
    expect(fleet.counts.looks - looks).toBeLessThanOrEqual(4 * 2 * 20);
    await expectHealed(fleet);
  });

  it("for longer: loops take no message, since another may have their place, and go on when it answers", async () => {
    const fleet = await busyFleet(4);
    fleet.world.failures = ["throttle"];
    fleet.world.faults = { ...NO_FAULTS, tableFails: 1 };
    await fleet.pass(STALE_MS + 5_000);
    const begun = fleet.counts.begun;
    await fleet.pass(5 * MINUTE);
    expect(fleet.counts.begun).toBe(begun);
    await expectHealed(fleet);
  });
});

describe("[S4.1] messages that hang", () => {
  it("hold up nothing but themselves, and go to the dead letters after their last receipt", async () => {
    const messages = 2_000;
    const isHanging = (id: string) => /^m\d*7$/.test(id) && Number(id.slice(1)) % 100 === 7;
    const fleetOf = (seed: number, hanging: boolean) => {
      const fleet = new SimulatedFleet({
        seed,
        faults: NO_FAULTS,
        limits: { minLoops: 4, maxLoops: 4 },
        timeoutMs: 900_000,
        ...(hanging && { isHanging }),
      });
      fleet.start(4);
      return fleet;
    };
    const timeOf = async (fleet: SimulatedFleet, others: number) => {
      const sendEveryMs = 500;
      for (let at = 0; at < messages; at++) fleet.world.time.after(at * sendEveryMs, () => fleet.queue.add(`m${at}`));
      await fleet.until(() => fleet.processed.size >= others, 60 * MINUTE);
      return fleet.world.time.nowMs - fleet.world.startMs;
    };
    const quietMs = await timeOf(fleetOf(5, false), messages);
    const fleet = fleetOf(5, true);
    const others = messages - 20;
    expect(await timeOf(fleet, others)).toBeLessThan(1.05 * quietMs);
    await fleet.until(() => fleet.queue.size === 0, 60 * MINUTE);
    expect([...fleet.queue.deadLetters].filter((id) => !isHanging(id))).toEqual([]);
    expect(fleet.queue.deadLetters.size).toBe(20);
    expect(fleet.processed.size).toBe(others);
    // Five receipts each, except where a hop ended before the message's time limit.
    expect(fleet.counts.timedOut).toBeGreaterThan(60);
    expect(fleet.counts.restarted).toBe(0);
    expect(fleet.live.faults).toEqual([]);
  });
});

describe("[S4.4] a queue that is deleted", () => {
  it("has its loops end, and none is started in their place until it is there again", async () => {
    const fleet = await busyFleet(6, 100);
    expect(fleet.live.all).toBe(4);
    fleet.queue.isMissing = true;
    await fleet.pass(RESTART_MS + 25_000);
    expect(fleet.live.all).toBe(0);
    expect(fleet.tokens).toEqual([]);
    expect(fleet.counts.endedByMissing).toBeGreaterThan(0);
    const { begins } = fleet.counts;
    await fleet.pass(30 * MINUTE);
    expect(fleet.counts.begins).toBe(begins);
    fleet.queue.isMissing = false;
    await fleet.pass(2 * RESTART_MS);
    expect(fleet.live.owning).toBe(4);
  });

  it("also under crashes, lost events and throttles", async () => {
    for (let seed = 20; seed < 40; seed++) {
      const fleet = await busyFleet(seed, 100);
      fleet.world.faults = {
        ...NO_FAULTS,
        crash: 0.01,
        eventLost: 0.1,
        eventDoubled: 0.2,
        tableFails: 0.2,
        queueFails: 0.2,
      };
      fleet.queue.isMissing = true;
      await fleet.pass(10 * MINUTE);
      fleet.world.faults = NO_FAULTS;
      await fleet.pass(HEALED_MS);
      const { begins } = fleet.counts;
      await fleet.pass(10 * MINUTE);
      expect({ seed, loops: fleet.live.all, tokens: fleet.tokens.length }).toEqual({ seed, loops: 0, tokens: 0 });
      expect(fleet.counts.begins).toBe(begins);
    }
  });
});
