import { describe, expect, it } from "vitest";
import { EventError } from "../errors.ts";
import { closeEvent, ENVELOPE_KEY, type Envelope, openEvent, parseEnvelope } from "./envelope.ts";

const envelope: Envelope = {
  v: 1,
  run: "run-1",
  hop: 4,
  startedAt: 1_800_000_000_000,
  stats: {
    steps: 12,
    usedMs: 345.5,
    costUsd: 0.0000021,
    stalledHops: 1,
    budget: { step: { mean: 1.5, dev: 0.25, peak: 3 }, handOff: { mean: 40, dev: 20, peak: 41 } },
  },
  stateVersion: 2,
  stateRef: { uri: "s3://states/1.json", bytes: 300_000, sha256: "ab" },
  pinned: "7",
};

describe("an event is taken apart into what the cause sent, the state and the envelope", () => {
  it("and not changed", () => {
    const event = Object.freeze({ bucket: "b", position: 7, [ENVELOPE_KEY]: Object.freeze({ ...envelope }) });
    expect(openEvent(event, "position")).toEqual({ base: { bucket: "b" }, state: 7, envelope });
  });

  it("whose state is in the envelope, unless it has a key of its own: no field of the event is taken for it", () => {
    const event = { state: "CA", position: 3, longhaul: { ...envelope, state: 7 } };
    expect(openEvent(event, undefined)).toEqual({ base: { state: "CA", position: 3 }, state: 7, envelope });
    expect(openEvent({ state: "CA" }, undefined)).toEqual({
      base: { state: "CA" },
      state: undefined,
      envelope: undefined,
    });
    expect(openEvent(event, "position")).toEqual({ base: { state: "CA" }, state: 3, envelope });
    expect(closeEvent({ state: "CA" }, undefined, 7, envelope)).toEqual({
      state: "CA",
      longhaul: { ...envelope, state: 7 },
    });
  });

  it.each([
    ["null", null],
    ["an array", [1]],
    ["a text", '{"position":1}'],
    ["a number", 1],
    ["a boolean", true],
    ["nothing", undefined],
  ])("unless it is %s, which has no place for a state", (_, event) => {
    expect(() => openEvent(event, "position")).toThrow(EventError);
    expect(() => openEvent(event, "position")).toThrow('the state travels under its key "position"');
    expect(() => openEvent(event, undefined)).toThrow('the state travels under "longhaul.state"');
  });

  it("and put together again, each part where it was", () => {
    const event = { bucket: "b", position: { a: [1, null] }, [ENVELOPE_KEY]: envelope };
    const { base, state, envelope: opened } = openEvent(event, "position");
    expect(closeEvent(base, "position", state, opened as Envelope)).toEqual(event);
  });

  it("with keys that mean something to JavaScript", () => {
    const event = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":1,"toString":2}');
    const { base } = openEvent(event, "position");
    expect((base as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(JSON.stringify(closeEvent(base, "position", 1, envelope))).toBe(
      `{"__proto__":{"isAdmin":true},"constructor":1,"toString":2,"position":1,"longhaul":${JSON.stringify(envelope)}}`,
    );
  });

  it.each(["__proto__", "constructor", "toString"])("where the state key itself is %s", (stateKey) => {
    expect(openEvent({}, stateKey).state).toBeUndefined();
    const event = closeEvent({}, stateKey, { position: 1 }, envelope);
    expect(openEvent(JSON.parse(JSON.stringify(event)), stateKey)).toEqual({
      base: {},
      state: { position: 1 },
      envelope,
    });
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
  });
});

describe("a state that is null", () => {
  it("is an empty place in the event that begins a run", () => {
    expect(openEvent({ CURRENT_STATE: null }, "CURRENT_STATE").state).toBeUndefined();
  });

  it("is a state in a run that is under way", () => {
    expect(openEvent(closeEvent({}, "CURRENT_STATE", null, envelope), "CURRENT_STATE").state).toBeNull();
    expect(openEvent(closeEvent({}, undefined, null, envelope), undefined).state).toBeNull();
  });
});

describe("an envelope is accepted", () => {
  it("in full", () => {
    expect(parseEnvelope(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
  });

  it("with only what it must have, as another language may write it", () => {
    const least = { v: 1, run: "run-1", hop: 0, startedAt: 0 };
    expect(parseEnvelope(least)).toEqual({ ...least, stats: { steps: 0, usedMs: 0, costUsd: 0, stalledHops: 0 } });
  });

  it("with keys it does not know, which are left out", () => {
    const more = { ...envelope, colour: "blue", stats: { ...envelope.stats, mood: 1 }, __proto__: { x: 1 } };
    expect(parseEnvelope(more)).toEqual(envelope);
  });
});

describe("an envelope of another version is refused, never guessed", () => {
  it.each([2, 1.5, 99, 0])("v = %d", (v) => {
    const message = `The event carries envelope version ${v}; this code reads version 1. Deploy a @longhaul/core that`;
    expect(() => parseEnvelope({ ...envelope, v })).toThrow(message);
  });
});

describe("a damaged envelope is refused by the name of its field", () => {
  const wrong: ReadonlyArray<readonly [string, Record<string, unknown>]> = [
    ["longhaul.v", { v: undefined }],
    ["longhaul.v", { v: "1" }],
    ["longhaul.run", { run: undefined }],
    ["longhaul.run", { run: "" }],
    ["longhaul.run", { run: 1 }],
    ["longhaul.run", { run: "x".repeat(2_049) }],
    ["longhaul.hop", { hop: undefined }],
    ["longhaul.hop", { hop: -1 }],
    ["longhaul.hop", { hop: 1.5 }],
    ["longhaul.hop", { hop: "1" }],
    ["longhaul.hop", { hop: 2 ** 53 }],
    ["longhaul.startedAt", { startedAt: undefined }],
    ["longhaul.startedAt", { startedAt: -1 }],
    ["longhaul.startedAt", { startedAt: "2026-11-21" }],
    ["longhaul.stats", { stats: [] }],
    ["longhaul.stats.steps", { stats: { steps: -1 } }],
    ["longhaul.stats.usedMs", { stats: { usedMs: "1" } }],
    ["longhaul.stats.costUsd", { stats: { costUsd: null } }],
    ["longhaul.stats.stalledHops", { stats: { stalledHops: 0.5 } }],
    ["longhaul.stats.budget", { stats: { budget: 1 } }],
    ["longhaul.stats.budget.step", { stats: { budget: { step: [] } } }],
    ["longhaul.stats.budget.step.peak", { stats: { budget: { step: { mean: 1, dev: 1 } } } }],
    ["longhaul.stats.budget.handOff.dev", { stats: { budget: { handOff: { mean: 1, dev: -1, peak: 1 } } } }],
    ["longhaul.stateVersion", { stateVersion: "2" }],
    ["longhaul.stateRef", { stateRef: "s3://states/1.json" }],
    ["longhaul.stateRef.sha256", { stateRef: { uri: "s3://states/1.json", bytes: 1 } }],
    ["longhaul.stateRef.uri", { stateRef: { uri: 1, bytes: 1, sha256: "ab" } }],
    ["longhaul.pinned", { pinned: 7 }],
  ];
  it.each(wrong)("%s in %j", (field, change) => {
    const parse = () => parseEnvelope({ ...envelope, ...change });
    expect(parse).toThrow(EventError);
    expect(parse).toThrow(`The event's ${field} must`);
  });

  it.each([null, 1, "run-1", [], true])("or as a whole, where it is %j", (value) => {
    expect(() => openEvent({ [ENVELOPE_KEY]: value }, "position")).toThrow("The event's longhaul must be an object");
  });
});
