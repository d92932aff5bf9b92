import { describe, expect, it } from "vitest";
import { explore, type Machine } from "../src/explore.ts";

/** Two counters up to a number, in any order of steps. A fault stops the first. */
interface Counters {
  readonly one: { readonly count: number; readonly isStopped: boolean };
  readonly other: readonly number[];
}

function counters(most: number, change: Partial<Machine<Counters>> = {}): Machine<Counters> {
  return {
    first: { one: { count: 0, isStopped: false }, other: [0] },
    next({ one, other: [other = 0] }) {
      return [
        ...(one.count < most && !one.isStopped
          ? [{ what: "one", state: { one: { ...one, count: one.count + 1 }, other: [other] } }]
          : []),
        ...(other < most ? [{ what: "other", state: { one: { ...one }, other: [other + 1] } }] : []),
        ...(one.count === 0 && !one.isStopped
          ? [{ what: "a fault", isFault: true, state: { one: { ...one, isStopped: true }, other: [other] } }]
          : []),
      ];
    },
    broken: () => undefined,
    isOver: ({ one, other }) => one.isStopped || (one.count === most && other[0] === most),
    ends: "E: it does not end",
    ...change,
  };
}

describe("explore", () => {
  it("visits each state once, however it is reached, and counts the steps", async () => {
    // A square of 10 by 10, and a line of 10 behind the fault.
    expect(await explore(counters(9))).toEqual({ states: 110, transitions: 199, depth: 18, isWhole: true });
  });

  it("finds a shortest way to a state in which an invariant falls", async () => {
    const broken = ({ one, other }: Counters) => (one.count === 1 && other[0] === 2 ? "B: why" : undefined);
    const { finding } = await explore(counters(9, { broken }));
    expect(finding?.broken).toBe("B: why");
    expect(finding?.trace.map(({ what }) => what).sort()).toEqual(["one", "other", "other"]);
  });

  it("finds a state from which the end cannot be reached", async () => {
    const isOver = ({ one }: Counters) => one.count === 9;
    const { finding, isWhole } = await explore(counters(9, { isOver }));
    expect(isWhole).toBe(true);
    expect(finding).toEqual({ broken: "E: it does not end", trace: [{ what: "a fault", isFault: true }] });
  });

  it("finds one from which it can be reached by a fault alone", async () => {
    const isOver = ({ one }: Counters) => one.isStopped;
    const { finding } = await explore(counters(9, { isOver }));
    expect(finding).toEqual({ broken: "E: it does not end", trace: [] });
  });

  it.each([
    ["states", { states: 50 }],
    ["time", { endMs: 0 }],
  ])("says that it did not visit all within a limit of %s, and takes nothing unknown for stuck", async (_, limits) => {
    const isOver = ({ one, other }: Counters) => one.count === 9 && other[0] === 9;
    const searched = await explore(counters(9, { isOver }), limits);
    expect(searched.isWhole).toBe(false);
    expect(searched).not.toHaveProperty("finding");
  });
});
