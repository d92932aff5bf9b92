import { describe, expect, it } from "vitest";
import { spillInMemory } from "../../test/spill-in-memory.ts";
import { StateTooLargeError } from "../errors.ts";
import { type Envelope, NO_STATS } from "./envelope.ts";
import { type ComposeRequest, composeEvent } from "./next-event.ts";

const envelope: Envelope = { v: 1, run: "run-1", hop: 3, startedAt: 5, stats: NO_STATS };
const base = { bucket: "in", nested: { key: "a b.csv" } };

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

  it("or in the envelope, where it has no key of its own", async () => {
    const { event } = await compose({ stateKey: undefined, state: null });
    expect(event).toEqual({ ...base, longhaul: { ...envelope, state: null } });
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
      message: `The state makes ${bytes} bytes, and the test driver has room for 1000. Keep less in the state, or configure spill (s3Spill).`,
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
      code: "EVENT_TOO_LARGE",
      maxBytes: 1_000,
      bytes: expect.any(Number),
      message: expect.stringContaining("Put large input into S3"),
    });
  });
});
