import { describe, expect, it } from "vitest";
import { startPosition } from "../records/position.ts";
import { type LoadState, loadBeginning, loadState } from "./load-state.ts";

const admitted = (value: unknown) => loadState["~standard"].validate(value);

describe("the state that travels under position", () => {
  it.each<LoadState>([loadBeginning, { read: { ...startPosition, record: 7, byte: 99 }, etag: '"e"', skipped: 2 }])(
    "is admitted as it was handed off",
    (state) => {
      expect(admitted(JSON.parse(JSON.stringify(state)))).toEqual({ value: state });
    },
  );

  it("may be a bare number of records, as handlers pass it on that only count", () => {
    expect(admitted(800)).toMatchObject({ value: { read: { record: 800 }, skipped: 0 } });
    expect(admitted(0)).toEqual({ value: loadBeginning });
  });

  it.each<[value: unknown, problem: RegExp]>([
    [null, /object or a number/],
    ["400", /object or a number/],
    [-1, /./],
    [{}, /skipped/],
    [{ ...loadBeginning, skipped: -1 }, /skipped/],
    [{ ...loadBeginning, skipped: 0.5 }, /skipped/],
    [{ ...loadBeginning, etag: 7 }, /etag/],
    [{ ...loadBeginning, read: { record: "7" } }, /./],
  ])("%j is refused, with what is wrong", (value, problem) => {
    expect(admitted(value)).toEqual({ issues: [{ message: expect.stringMatching(problem) }] });
  });
});
