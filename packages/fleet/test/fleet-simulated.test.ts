import { describe, expect, it } from "vitest";
import { publishedEvent } from "./alarm-events.ts";
import {
  type FleetOptions,
  HEARTBEAT_MS,
  IDLE_MS,
  queueUrl,
  RESTART_MS,
  SimulatedFleet,
  STALE_MS,
} from "./simulation/simulated-fleet.ts";
import { CHAOS, NO_FAULTS } from "./simulation/world.ts";

const MINUTE = 60_000;
/** The longest hop of the simulated loops. */
const HOP_MS = 2 * MINUTE;
/** A threshold after the last fault, and a sweep after that, every loop that should run does. */
const HEALED_MS = STALE_MS + RESTART_MS + 5_000;
/** A slow message, in the simulation. */
const SLOWEST_MS = 90_000;
/** A loop learns that its token has ended at its next check. Two may be refused by a throttle; then it finishes its messages. */
const OVERRUN_MS = 3 * HEARTBEAT_MS + SLOWEST_MS;

/** Sends messages in three bursts, with quiet between. */
function burst(fleet: SimulatedFleet, messages: number): string[] {
  const { time, random } = fleet.world;
  const ids = Array.from({ length: messages }, (_, at) => `m${at}`);
  let atMs = 0;
  for (let at = 0; at < ids.length; at += 100) {
    if (at % Math.ceil(messages / 3) < 100) atMs += 10 * MINUTE;
    atMs += random.between([500, 1_500]);
    time.after(atMs, () => {
      for (const id of ids.slice(at, at + 100)) fleet.queue.add(id);
    });
  }
  return ids;
}

/** Every message is to be processed, and none given up because it was unlucky a few times. */
const PATIENT = { maxReceiveCount: Number.POSITIVE_INFINITY };

/** Works off messages under faults, then passes the time that the fleet needs to heal, without faults. */
async function workedOff(options: FleetOptions, messages: number): Promise<{ fleet: SimulatedFleet; lost: string[] }> {
  const fleet = new SimulatedFleet(options);
  const ids = burst(fleet, messages);
  const isDone = (id: string) => fleet.processed.has(id) || fleet.queue.deadLetters.has(id);
  fleet.start();
  const isOver = () => fleet.queue.size === 0 && fleet.processed.size + fleet.queue.deadLetters.size >= messages;
  await fleet.until(isOver, 48 * 60 * MINUTE);
  fleet.world.faults = NO_FAULTS;
  await fleet.pass(HEALED_MS);
  return { fleet, lost: ids.filter((id) => !isDone(id)) };
}

/** All that must hold of a fleet that has worked off its queue and healed. */
async function expectSound({ fleet, lost }: { fleet: SimulatedFleet; lost: string[] }, seed: number): Promise<void> {
  const { live } = fleet;
  const { length } = fleet.tokens;
  // No message was given up: each was processed, and none is with the dead letters.
  const dead = [...fleet.queue.deadLetters].filter((id) => !fleet.processed.has(id));
  expect({ seed, lost, dead, faults: live.faults, loops: live.owning }).toEqual({
    seed,
    lost: [],
    dead: [],
    faults: [],
    loops: length,
  });
  expect({ seed, mostTokens: fleet.counts.mostTokens }).toEqual({ seed, mostTokens: expect.toSatisfy((n) => n <= 6) });
  // Where a change of an alarm was lost, the empty queue itself brings the fleet back.
  if (length > 1) await fleet.pass(IDLE_MS + 2 * RESTART_MS);
  // A loop whose token has just ended continues until its next heartbeat.
  if (live.all > live.owning) await fleet.pass(OVERRUN_MS);
  const { desired } = fleet.table.fleets.get(queueUrl) ?? {};
  expect({ seed, desired, tokens: fleet.tokens.length, loops: live.all }).toEqual({
    seed,
    desired: 1,
    tokens: 1,
    loops: 1,
  });
  expect(live.longestOverrunMs).toBeLessThan(OVERRUN_MS);
}

describe("[S4.1] [S4.4] [S4.5] [S4.6] under crashes, lost and doubled events, throttles, lost answers and skewed clocks", () => {
  it("100,000 messages are each processed, by never more loops than tokens, and the fleet is at its minimum again", async () => {
    const result = await workedOff({ seed: 1, faults: CHAOS, ...PATIENT }, 100_000);
    await expectSound(result, 1);
    // It was no quiet day: each fault struck, and often.
    expect([...result.fleet.world.struck.keys()].sort()).toEqual(Object.keys(CHAOS).sort());
    for (const fault of ["crash", "tableFails", "answerLost", "messageDoubled", "processorFails"] as const) {
      expect(result.fleet.world.struck.get(fault), fault).toBeGreaterThan(50);
    }
    expect(result.fleet.counts.restarted).toBeGreaterThan(50);
    expect(result.fleet.counts.mostTokens).toBeGreaterThan(4);
    // Events that came twice, and loops that another took the place of.
    expect(result.fleet.refusals.get("lease-live")).toBeGreaterThan(20);
    expect(result.fleet.refusals.get("unknown")).toBeGreaterThan(50);
    expect(result.fleet.refusals.get("fenced")).toBeGreaterThan(0);
  });

  it("with any seed", async () => {
    for (let seed = 100; seed < 125; seed++)
      await expectSound(await workedOff({ seed, faults: CHAOS, ...PATIENT }, 3_000), seed);
  });

  it("even if one in five self-invokes is lost, and DynamoDB refuses every third write", async () => {
    const faults = { ...CHAOS, eventLost: 0.2, tableFails: 0.33 };
    for (let seed = 0; seed < 5; seed++) await expectSound(await workedOff({ seed, faults, ...PATIENT }, 2_000), seed);
  });

  it("poisonous messages go to the dead letters, and keep nobody else waiting", async () => {
    const isPoison = (id: string) => id.endsWith("7");
    const { fleet, lost } = await workedOff({ seed: 7, faults: NO_FAULTS, isPoison }, 1_000);
    expect(lost).toEqual([]);
    expect(fleet.queue.deadLetters.size).toBe(100);
    expect(fleet.processed.size).toBe(900);
    expect(fleet.counts.restarted).toBe(0);
  });
});

describe("the checks notice", () => {
  const faultsOf = async (breakTable: FleetOptions["breakTable"]) => {
    const found: string[] = [];
    for (let seed = 0; seed < 8 && found.length === 0; seed++) {
      const faults = { ...CHAOS, processorSlow: 0 };
      const { fleet } = await workedOff({ seed, faults, ...(breakTable && { breakTable }) }, 1_000);
      found.push(...fleet.live.faults);
    }
    return found;
  };

  it("a table that does not tell of leases: each doubled event makes a twin", async () => {
    const faults = await faultsOf((table) => ({
      get: async (key) => {
        const row = await table.get(key);
        return row && { ...row, record: { ...row.record, leaseUntilMs: 0 } };
      },
    }));
    expect(faults.join()).toMatch(/runs twice/);
  });
});

describe("[S4.3] a token that is deleted while its loop works", () => {
  it("ends the loop at its next check, with the message completed", async () => {
    const fleet = new SimulatedFleet({ seed: 3, faults: NO_FAULTS, workMs: [15_000, 15_000] });
    fleet.start();
    fleet.queue.add("m");
    await fleet.until(() => fleet.queue.visible === 0 && fleet.live.owning === 1, MINUTE);
    await fleet.pass(1_000);
    for (const name of [...fleet.table.tokens.keys()]) fleet.table.tokens.delete(name);
    // The restart function would add another.
    fleet.table.fleets.clear();
    await fleet.pass(HEARTBEAT_MS + 16_000);
    expect(fleet.processed.get("m")).toBe(1);
    expect(fleet.queue.size).toBe(0);
    expect(fleet.live.all).toBe(0);
    const { polls } = fleet.counts;
    await fleet.pass(MINUTE);
    expect(fleet.counts.polls).toBe(polls);
  });
});

describe("[S4.6] scale-down", () => {
  const down = (fleet: SimulatedFleet, alarm: string) =>
    fleet.lambda.send(
      "scale-down",
      publishedEvent({
        AlarmArn: `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${alarm}`,
        OldStateValue: "ALARM",
        NewStateValue: "OK",
      }),
      false,
    );

  it("run twice at once on two tokens leaves one, whatever crashes, is doubled or throttled", async () => {
    for (let seed = 0; seed < 40; seed++) {
      const faults = { ...CHAOS, crash: 0.05, eventDoubled: 0.5 };
      const fleet = new SimulatedFleet({ seed, faults: NO_FAULTS, limits: { minLoops: 1, maxLoops: 6 } });
      fleet.start(2);
      await fleet.pass(5_000);
      expect(fleet.tokens).toHaveLength(2);
      fleet.world.faults = faults;
      down(fleet, "a");
      down(fleet, "b");
      let least = 2;
      await fleet.until(() => {
        least = Math.min(least, fleet.tokens.length);
        return false;
      }, 5 * MINUTE);
      fleet.world.faults = NO_FAULTS;
      await fleet.pass(HEALED_MS);
      expect({ seed, least, tokens: fleet.tokens.length }).toEqual({ seed, least: 1, tokens: 1 });
    }
  });

  it("has the loop abort its poll, and end within a heartbeat", async () => {
    const fleet = new SimulatedFleet({ seed: 5, faults: NO_FAULTS });
    fleet.start(3);
    await fleet.pass(21_000);
    expect(fleet.live.all).toBe(3);
    down(fleet, "a");
    await fleet.pass(HEARTBEAT_MS + 200);
    expect(fleet.live.all).toBe(1);
  });
});

describe("[S4.1] a recursion that fails", () => {
  it("is tried again, so that no loop has to be restarted", async () => {
    const fleet = new SimulatedFleet({ seed: 15, faults: { ...NO_FAULTS, invokeFails: 0.4 } });
    fleet.start(4);
    await fleet.pass(60 * MINUTE);
    expect(fleet.world.struck.get("invokeFails")).toBeGreaterThan(30);
    expect(fleet.counts.restarted).toBeLessThan(3);
  });

  it("is left to restart if it fails permanently", async () => {
    const fleet = new SimulatedFleet({ seed: 16, faults: NO_FAULTS });
    fleet.start(4);
    await fleet.pass(30_000);
    fleet.world.failures = ["throttle"];
    fleet.world.faults = { ...NO_FAULTS, invokeFails: 1 };
    await fleet.pass(5 * MINUTE);
    expect(fleet.live.all).toBe(0);
    fleet.world.faults = NO_FAULTS;
    await fleet.pass(HEALED_MS);
    expect(fleet.live.owning).toBe(4);
    expect(fleet.live.faults).toEqual([]);
  });
});

describe("stop", () => {
  it("lets each loop finish its messages and end, and nothing begins again", async () => {
    const fleet = new SimulatedFleet({ seed: 9, faults: NO_FAULTS });
    fleet.start(4);
    for (let at = 0; at < 2_000; at++) fleet.queue.add(`m${at}`);
    await fleet.pass(5_000);
    fleet.lambda.send("stop", {}, false);
    await fleet.pass(HEARTBEAT_MS + 5_000);
    const [done, left] = [fleet.processed.size, fleet.queue.size];
    expect(fleet.live.all).toBe(0);
    expect(done + left).toBe(2_000);
    expect(left).toBeGreaterThan(0);
    await fleet.pass(30 * MINUTE);
    expect([fleet.processed.size, fleet.live.all]).toEqual([done, 0]);
    fleet.start();
    await fleet.until(() => fleet.queue.size === 0, 30 * MINUTE);
    expect(fleet.processed.size).toBe(2_000);
  });
});

describe("the kill switch", () => {
  it("ends all loops with their hops, and nothing is restarted until it is off", async () => {
    const fleet = new SimulatedFleet({ seed: 13, faults: NO_FAULTS });
    fleet.start(4);
    for (let at = 0; at < 6_000; at++) fleet.queue.add(`m${at}`);
    await fleet.pass(15_000);
    expect(fleet.live.all).toBe(4);
    fleet.world.isKilled = true;
    await fleet.pass(HOP_MS + 5_000);
    const done = fleet.processed.size;
    await fleet.pass(30 * MINUTE);
    expect([fleet.live.all, fleet.processed.size]).toEqual([0, done]);
    fleet.world.isKilled = false;
    await fleet.until(() => fleet.queue.size === 0, 60 * MINUTE);
    expect(fleet.processed.size).toBe(6_000);
  });
});

describe("[S4.3] heartbeats cost", () => {
  it("one write per hop, and one per period", async () => {
    const fleet = new SimulatedFleet({ seed: 11, faults: NO_FAULTS });
    fleet.start(4);
    burst(fleet, 10_000);
    const ms = 40 * MINUTE;
    await fleet.pass(ms);
    const { begins, heartbeats } = fleet.counts;
    const loops = 6;
    expect(begins).toBeLessThan((loops * ms) / 60_000);
    expect(heartbeats).toBeLessThanOrEqual((loops * ms) / HEARTBEAT_MS);
    expect(heartbeats).toBeGreaterThan(ms / HEARTBEAT_MS / 2);
  });
});
