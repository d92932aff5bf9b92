import { describe, expect, it } from "vitest";
import { spillInMemory } from "../../test/spill-in-memory.ts";
import { type Envelope, NO_STATS, openEvent } from "../recursion/envelope.ts";
import { type ComposeRequest, composeEvent } from "../recursion/next-event.ts";
import { secretSeal } from "./seal.ts";
import { isWakeUp, openSealed } from "./sealed-event.ts";

const envelope: Envelope = { v: 1, run: "run-1", hop: 3, startedAt: 5, stats: NO_STATS };
const base = { bucket: "in", nested: { key: "a b.csv" } };
const seal = secretSeal(["a secret of enough length"]);
/** A secret that must not be seen. With spaces: no text in base64 can hold it by chance. */
const pin = "the pin is 4711";
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
  const opened = (event: unknown) => openEvent(JSON.parse(JSON.stringify(event)), "position");
  const open = async (event: unknown) => openSealed(seal, opened(event));

  it("shows nothing of the state, and is opened by who sealed it", async () => {
    const { event, payload } = await compose({ state: { pin }, codec: { seal } });
    expect(payload).not.toContain(pin);
    expect(await open(event)).toEqual({ base, state: { pin }, envelope });
  });

  it("counts by the envelope inside, whatever was written beside it", async () => {
    const { event } = await compose({ codec: { seal } });
    const opened = await open({ ...event, longhaul: { ...envelope, hop: 0, run: "another" } });
    expect(opened.envelope).toEqual(envelope);
  });

  it("spills sealed, too", async () => {
    const { spill, texts } = spillInMemory();
    const { event } = await compose({ state: { ...large, pin }, codec: { seal, spill }, maxBytes: 1_200 });
    const opened = await open(event);
    expect(opened.state).toBeUndefined();
    expect([...texts.values()].join()).not.toContain(pin);
    expect(texts.has(opened.envelope!.stateRef!.uri)).toBe(true);
  });

  it.each<[string, (event: Record<string, unknown>) => object]>([
    ["a changed state", (event) => ({ ...event, position: withOtherCharacter(String(event.position), 40) })],
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

  it("may only wake a run up without a seal, where the record decides: a sweeper cannot seal", () => {
    expect(isWakeUp(opened({ ...base, longhaul: envelope }))).toBe(true);
    expect(isWakeUp(opened({ ...base, longhaul: envelope, position: 7 }))).toBe(false);
    expect(isWakeUp(opened(base))).toBe(false);
  });

  it("begins a run unsealed", async () => {
    expect(await open(base)).toEqual({ base, state: undefined, envelope: undefined });
  });
});

/** Another token of the same length, whatever the token is. */
function withOtherCharacter(token: string, at: number): string {
  return `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
}
