import { describe, expect, it } from "vitest";
import { type Envelope, NO_STATS, openEvent } from "../recursion/envelope.ts";
import { type ComposeRequest, composeEvent } from "../recursion/next-event.ts";
import { secretSeal } from "./seal.ts";
import { spillInMemory } from "./spill-in-memory.ts";

const envelope: Envelope = { v: 1, run: "run-1", hop: 3, startedAt: 5, stats: NO_STATS };
const base = { bucket: "in", nested: { key: "a b.csv" } };
const seal = secretSeal(["a secret of enough length"]);
const large = { at: 7, text: "x".repeat(2_000) };

function compose(change: Partial<ComposeRequest> = {}) {
  return composeEvent({
    base,
    stateKey: "position",
    state: { at: 7 },
    envelope,
    codec: { seal },
    maxBytes: 1_000,
    channel: "the test driver",
    isRecorded: false,
    ...change,
  });
}

describe("a sealed event", () => {
  const open = async (event: unknown, isRecorded = false) =>
    seal.events.open(seal, openEvent(JSON.parse(JSON.stringify(event)), "position"), isRecorded);

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
    const opened = await open(event);
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
    expect(await open(bare, true)).toEqual({ base, state: undefined, envelope });
  });

  it("begins a run unsealed", async () => {
    expect(await open(base)).toEqual({ base, state: undefined, envelope: undefined });
  });
});
