import { describe, expect, it } from "vitest";
import type { RunRecord } from "../state/run-store.ts";
import { type Envelope, NO_STATS } from "./envelope.ts";
import { eventOfRecord } from "./event-of-record.ts";

const envelope: Envelope = { v: 1, run: "run-1", hop: 3, startedAt: 5, stats: NO_STATS };
const base = { bucket: "in", nested: { key: "a b.csv" } };

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
