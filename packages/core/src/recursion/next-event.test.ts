import { describe, expect, it } from "vitest";
import { StateTooLargeError } from "../errors.ts";
import type { StateCodecOptions } from "../state/codec.ts";
import type { RunRecord } from "../state/run-store.ts";
import { secretSeal } from "../state/seal.ts";
import { spillInMemory } from "../state/spill-in-memory.ts";
import { type Envelope, NO_STATS, openEvent } from "./envelope.ts";
import { type ComposeRequest, composeEvent, eventOfRecord, openSealed } from "./next-event.ts";

const envelope: Envelope = { v: 1, run: "run-1", hop: 3, startedAt: 5, stats: NO_STATS };
const base = { bucket: "in", nested: { key: "a b.csv" } };
const seal = secretSeal(["a secret of enough length"]);

function compose(change: Partial<ComposeRequest> = {}) {
  return composeEvent({
    base,
    stateKey: "position",
    state: { at: 7 },
    envelope,
    codec: {},
    maxBytes: 1_000,
    channel: "the test driver",
    isRecorded: false,
    ...change,
  });
}

const large = { at: 7, text: "x".repeat(2_000) };

describe("the next event carries the state beside what the cause sent", () => {
  it("unchanged, under its key, with the envelope", async () => {
    const { event, payload } = await compose();
    expect(event).toEqual({ ...base, position: { at: 7 }, longhaul: envelope });
    expect(JSON.parse(payload)).toEqual(event);
  });

  it.each([
    ["not JSON", { at: new Date() }, "state.at: a Date"],
    ["a bigint", 7n, "state: a bigint"],
    ["not finite", [1, Number.NaN], "state[1]: NaN"],
  ])("unless it is %s", async (_, state, message) => {
    await expect(compose({ state })).rejects.toThrow(message);
  });
});

describe("a state too large for the channel", () => {
  const sizeOf = async (state: unknown) => Buffer.byteLength((await compose({ state, maxBytes: 1e9 })).payload);

  it("is sent where it just fits", async () => {
    const bytes = await sizeOf(large);
    expect((await compose({ state: large, maxBytes: bytes })).event.position).toEqual(large);
    await expect(compose({ state: large, maxBytes: bytes - 1 })).rejects.toBeInstanceOf(StateTooLargeError);
  });

  it("is measured in bytes, not in characters", async () => {
    const bytes = await sizeOf("🚀".repeat(100));
    expect((await compose({ state: "🚀".repeat(100), maxBytes: bytes })).payload.length).toBeLessThan(bytes);
    await expect(compose({ state: "🚀".repeat(100), maxBytes: bytes - 1 })).rejects.toMatchObject({
      bytes,
      maxBytes: bytes - 1,
    });
  });

  it("is refused with both sizes, and what to do", async () => {
    const bytes = await sizeOf(large);
    await expect(compose({ state: large })).rejects.toMatchObject({
      code: "STATE_TOO_LARGE",
      bytes,
      maxBytes: 1_000,
      message: `The state makes ${bytes} bytes, and the test driver takes at most 1000. Keep less in the state, or configure spill (s3Spill).`,
    });
  });

  it("stays out of the event where a record has it", async () => {
    const { spill, texts } = spillInMemory();
    const { event } = await compose({ state: large, isRecorded: true, codec: { spill } });
    expect(event).toEqual({ ...base, longhaul: envelope });
    expect(texts.size).toBe(0);
  });

  it("is spilled, and referred to", async () => {
    const { spill, texts } = spillInMemory();
    const { event } = await compose({ state: large, codec: { spill } });
    const { stateRef } = event.longhaul as Envelope;
    expect(event).toEqual({ ...base, longhaul: { ...envelope, stateRef } });
    expect(texts.get(stateRef!.uri)).toBe(JSON.stringify({ value: large }));
    expect(stateRef?.bytes).toBe(JSON.stringify({ value: large }).length);
  });
});

describe("an event that is too large without its state is refused as such", () => {
  const huge = { text: "x".repeat(5_000) };
  it.each<[string, Partial<ComposeRequest>]>([
    ["by itself", {}],
    ["with a record", { isRecorded: true }],
    ["with a spill", { codec: { spill: spillInMemory().spill } }],
  ])("%s", async (_, change) => {
    await expect(compose({ base: huge, ...change })).rejects.toMatchObject({
      code: "STATE_TOO_LARGE",
      maxBytes: 1_000,
      bytes: expect.any(Number),
    });
  });
});

describe("a sealed event", () => {
  const open = async (event: unknown, codec: StateCodecOptions<never> = { seal }, isRecorded = false) =>
    openSealed(openEvent(JSON.parse(JSON.stringify(event)), "position"), codec, isRecorded);

  it("shows nothing of the state, and is opened by who sealed it", async () => {
    const { event, payload } = await compose({ state: { pin: "4711" }, codec: { seal } });
    expect(payload).not.toContain("4711");
    expect(await open(event)).toEqual({ base, state: { pin: "4711" }, envelope });
  });

  it("counts by the envelope inside, whatever was written beside it", async () => {
    const { event } = await compose({ codec: { seal } });
    const opened = await open({ ...event, longhaul: { ...envelope, hop: 0, run: "another" } });
    expect(opened.envelope).toEqual(envelope);
  });

  it("spills sealed, too", async () => {
    const { spill, texts } = spillInMemory();
    const { event } = await compose({ state: { ...large, pin: "4711" }, codec: { seal, spill }, maxBytes: 1_200 });
    const opened = await open(event, { seal, spill });
    expect(opened.state).toBeUndefined();
    expect([...texts.values()].join()).not.toContain("4711");
    expect(texts.has(opened.envelope!.stateRef!.uri)).toBe(true);
  });

  it.each<[string, (event: Record<string, unknown>) => object]>([
    ["a changed state", (event) => ({ ...event, position: `${String(event.position).slice(0, -2)}AA` })],
    ["a state in the open", (event) => ({ ...event, position: { at: 1_000 } })],
    ["a state in the open, and no envelope", (event) => ({ ...event, position: { at: 1_000 }, longhaul: undefined })],
    ["the sealed state, and no envelope", (event) => ({ ...event, longhaul: undefined })],
    ["no state", (event) => ({ ...event, position: undefined })],
    ["another base event", (event) => ({ ...event, bucket: "another" })],
    ["one more key", (event) => ({ ...event, more: 1 })],
  ])("is refused with %s", async (_, change) => {
    const { event } = await compose({ codec: { seal } });
    await expect(open(change(event))).rejects.toMatchObject({ code: "EVENT" });
  });

  it("may come without a state where the record decides: a sweeper cannot seal", async () => {
    const bare = { ...base, longhaul: envelope };
    expect(await open(bare, { seal }, true)).toEqual({ base, state: undefined, envelope });
  });

  it("begins a run unsealed", async () => {
    expect(await open(base)).toEqual({ base, state: undefined, envelope: undefined });
  });
});

describe("the event of a record's hop can be made again", () => {
  const record: RunRecord = {
    run: "run-1",
    hop: 3,
    phase: "handed-off",
    leaseUntilMs: 0,
    heartbeatAtMs: 9,
    startedAtMs: 5,
    attempts: 0,
    target: "arn",
    stateKey: "position",
    event: JSON.stringify(base),
    state: '{"version":2,"value":{"at":7}}',
    stats: NO_STATS,
    pinned: "7",
  };

  it("with its state and envelope", () => {
    const event = { ...base, position: { at: 7 }, longhaul: { ...envelope, stateVersion: 2, pinned: "7" } };
    expect(eventOfRecord(record)).toEqual({ event, payload: JSON.stringify(event) });
  });

  it.each([
    ["no state yet", undefined],
    ["a sealed state", '{"sealed":"lh1.a.b"}'],
    ["a spilled state", '{"ref":{"uri":"s3://a/b","bytes":1,"sha256":"ab"}}'],
  ])("without what only the record can give: %s", (_, state) => {
    const { state: __, ...rest } = record;
    expect(eventOfRecord({ ...rest, ...(state !== undefined && { state }) }).event).not.toHaveProperty("position");
  });

  it("and a damaged record is refused by the name of its part", () => {
    expect(() => eventOfRecord({ ...record, event: "{" })).toThrow("record.event: is not JSON");
    expect(() => eventOfRecord({ ...record, state: "{" })).toThrow("record.state: is not JSON");
  });
});
