import { describe, expect, it } from "vitest";
import { runRecord, without } from "../../test/run-record.ts";
import type { RunRecord } from "../state/run-store.ts";
import { type Envelope, NO_STATS } from "./envelope.ts";
import { eventOfRecord, handOffOfRecord } from "./event-of-record.ts";

const envelope: Envelope = { v: 1, run: "run-1", hop: 3, startedAt: 5, stats: NO_STATS };
const base = { bucket: "in", nested: { key: "a b.csv" } };

describe("the event of a record's hop can be made again", () => {
  const record = runRecord({
    hop: 3,
    startedAtMs: 5,
    event: JSON.stringify(base),
    state: '{"version":2,"value":{"at":7}}',
    pinned: "7",
  });

  it("with its state and envelope", () => {
    const event = { ...base, position: { at: 7 }, longhaul: { ...envelope, stateVersion: 2, pinned: "7" } };
    expect(eventOfRecord(record)).toEqual({ event, payload: JSON.stringify(event) });
  });

  it.each([
    ["no state yet", undefined],
    ["a sealed state", '{"sealed":"lh1.a.b"}'],
    ["a spilled state", '{"ref":{"uri":"s3://a/b","bytes":1,"sha256":"ab"}}'],
  ])("without what only the record can give: %s", (_, state) => {
    const { event } = eventOfRecord({ ...without(record, "state"), ...(state !== undefined && { state }) });
    expect(event).not.toHaveProperty("position");
    expect(event.longhaul).not.toHaveProperty("state");
  });

  it("with the state in the envelope, where it has no key of its own", () => {
    const { event } = eventOfRecord(without(record, "stateKey") as RunRecord);
    expect(event).toEqual({ ...base, longhaul: { ...envelope, stateVersion: 2, pinned: "7", state: { at: 7 } } });
  });

  it("without a state that the channel has no room for; without room for the rest it is refused", () => {
    const large = { ...record, state: JSON.stringify({ value: "x".repeat(1_000) }) };
    const message = handOffOfRecord(large, { name: "test", maxBytes: 900 });
    expect(message.event).not.toHaveProperty("position");
    expect(Buffer.byteLength(message.payload)).toBeLessThanOrEqual(900);
    expect(() => handOffOfRecord(large, { name: "test", maxBytes: 100 })).toThrow(
      expect.objectContaining({ code: "EVENT_TOO_LARGE" }),
    );
  });

  it("for the function and the tenant that the run is of", () => {
    const message = handOffOfRecord({ ...record, tenantId: "blue" }, { name: "test", maxBytes: 10_000 });
    expect(message).toMatchObject({ run: "run-1", hop: 3, target: "arn", tenantId: "blue" });
  });

  it("and a damaged record is refused by the name of its part", () => {
    expect(() => eventOfRecord({ ...record, event: "{" })).toThrow("record.event: is not JSON");
    expect(() => eventOfRecord({ ...record, state: "{" })).toThrow("record.state: is not JSON");
  });
});
