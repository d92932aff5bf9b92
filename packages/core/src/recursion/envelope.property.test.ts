import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventError } from "../errors.ts";
import { closeEvent, ENVELOPE_KEY, type Envelope, openEvent } from "./envelope.ts";

const amount = fc.double({ min: 0, max: 1e15, noNaN: true }).map((value) => value || 0);
const duration = fc.record({ mean: amount, dev: amount, peak: amount });
const envelopes: fc.Arbitrary<Envelope> = fc.record(
  {
    v: fc.constant(1 as const),
    run: fc.string({ minLength: 1, unit: "binary" }),
    hop: fc.maxSafeNat(),
    startedAt: amount,
    stats: fc.record(
      {
        steps: fc.maxSafeNat(),
        usedMs: amount,
        costUsd: amount,
        stalledHops: fc.nat(),
        budget: fc.record({ step: duration, handOff: duration }, { requiredKeys: [] }),
      },
      { requiredKeys: ["steps", "usedMs", "costUsd", "stalledHops"] },
    ),
    stateVersion: fc.nat(),
    stateRef: fc.record({ uri: fc.string(), bytes: fc.maxSafeNat(), sha256: fc.string() }),
    pinned: fc.string(),
  },
  { requiredKeys: ["v", "run", "hop", "startedAt", "stats"] },
);
const keys = fc.string({ minLength: 1 }).filter((key) => key !== ENVELOPE_KEY);
const json = fc.jsonValue();

describe("an event of any content", () => {
  it("comes through the wire as it was put together", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), keys, json, envelopes, (rest, stateKey, state, envelope) => {
        const { [stateKey]: _, [ENVELOPE_KEY]: __, ...base } = JSON.parse(JSON.stringify(rest));
        const sent = JSON.stringify(closeEvent(base, stateKey, state, envelope));
        const opened = openEvent(JSON.parse(sent), stateKey);
        expect(opened.envelope).toEqual(envelope);
        expect(JSON.stringify(opened.state)).toBe(JSON.stringify(state));
        expect(JSON.stringify(opened.base)).toBe(JSON.stringify(base));
      }),
    );
  });

  it("is opened or refused with an EventError, and never changed", () => {
    const almost = fc.record(
      { v: fc.oneof(json, fc.constant(1)), run: json, hop: json, startedAt: json, stats: json, stateRef: json },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(json, fc.record({ state: json, [ENVELOPE_KEY]: fc.oneof(almost, json) })), (event) => {
        const before = JSON.stringify(event);
        try {
          openEvent(event, "state");
        } catch (error) {
          expect(error).toBeInstanceOf(EventError);
        }
        expect(JSON.stringify(event)).toBe(before);
      }),
    );
  });
});
