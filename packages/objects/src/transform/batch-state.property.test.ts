import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchState } from "./batch-state.ts";

const validate = (value: unknown) => batchState["~standard"].validate(value);
const state = { bucket: "b", key: "k", etag: '"e"', read: { record: 7, byte: 90 }, written: 6, rejected: 1 };

describe("a state that comes in", () => {
  it("is taken if it is one, without what does not belong to it", () => {
    expect(validate({ ...state, more: 1 })).toEqual({ value: state });
  });

  it("is taken with the outputs that it is to delete", () => {
    const discard = [
      { restarts: 0, uploads: { result: "u1", rejects: "u2" } },
      { restarts: 1, uploads: {} },
    ];
    expect(validate({ ...state, restarts: 2, discard })).toEqual({ value: { ...state, restarts: 2, discard } });
  });

  it("may be the count of records that a simpler handler passed on", () => {
    expect(validate(40)).toEqual({ value: 40 });
  });

  it.each([
    [{ ...state, key: 1 }, "must name a bucket and a key"],
    [{ ...state, etag: 1 }, "etag must be a text"],
    [{ ...state, read: undefined }, "read position is an object"],
    [{ ...state, read: { record: 1, byte: "2" } }, "position.byte must be a whole number"],
    [{ ...state, written: -1 }, "position.written must be a whole number from 0"],
    [{ ...state, result: { bytes: 5 } }, "position.result.v"],
    [{ ...state, rejects: "r" }, "position.rejects"],
    [{ ...state, restarts: "1" }, "position.restarts must be a whole number"],
    [{ ...state, discard: {} }, "position.discard must be a list"],
    [{ ...state, discard: [{ restarts: 0 }] }, "position.discard[0].uploads must be an object"],
    [{ ...state, discard: [{ restarts: -1, uploads: {} }] }, "position.discard[0].restarts"],
    [{ ...state, discard: [{ restarts: 0, uploads: { rejects: 3 } }] }, "position.discard[0].uploads must hold texts"],
    [-3, "position must be a whole number"],
    [[state], "position must be an object"],
    [null, "position must be an object"],
  ])("is refused with what is wrong: %j", (value, message) => {
    expect(validate(value)).toEqual({ issues: [{ message: expect.stringContaining(message) }] });
  });

  it("is never anything else: whatever JSON comes in is taken or refused", () => {
    const field = fc.constantFrom(
      "bucket",
      "key",
      "etag",
      "read",
      "written",
      "rejected",
      "result",
      "rejects",
      "restarts",
      "discard",
    );
    const changed = fc.tuple(field, fc.jsonValue()).map(([name, value]) => ({ ...state, [name]: value }));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), changed), (value) => {
        const answer = validate(value);
        expect("value" in answer !== "issues" in answer).toBe(true);
      }),
    );
  });
});
