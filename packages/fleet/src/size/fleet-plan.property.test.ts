import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endRow, newRow, type TokenRow } from "../tokens/token-row.ts";
import { planFleet } from "./fleet-plan.ts";
import { type FleetLimits, shrink, start } from "./resize.ts";

const limits: FleetLimits = { minLoops: 1, maxLoops: 100, growBy: 1, cooldownMs: 0 };
const fleetOf = (desired: number, version = 1) => ({
  queueUrl: "q",
  desired,
  version,
  rev: "",
  grownAtMs: {},
  brought: {},
  idleSinceMs: 0,
  missingSinceMs: 0,
  isStopped: false,
  applied: {},
});
const rowOf = (token: string) => newRow({ queueUrl: "q", token }, { loopId: "l", target: "loops", nowMs: 0 });
const rowsOf = (tokens: Iterable<string>): TokenRow[] => [...tokens].map((token) => rowOf(token));
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 30 });

describe("a plan brings the tokens to the number that should be there", () => {
  it("by adding or removing as many as it takes, whatever is there", () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 30 }), fc.nat(1_000), (tokens, desired, version) => {
        const { add, remove } = planFleet(fleetOf(desired, version), rowsOf(tokens), 1);
        expect(tokens.length + add.length - remove.length).toBe(desired);
        expect(new Set([...add, ...tokens]).size).toBe(add.length + tokens.length);
        expect(remove.every((token) => tokens.includes(token))).toBe(true);
      }),
    );
  });

  it("the same for all that see the same, so that done twice it is done once", () => {
    const rows = rowsOf(["a", "b", "c", "d", "e"]);
    expect(planFleet(fleetOf(2), rows, 1)).toEqual(planFleet(fleetOf(2), rows.toReversed(), 1));
    expect(planFleet(fleetOf(9), rows, 1)).toEqual(planFleet(fleetOf(9), rows.toReversed(), 1));
  });

  it("never naming a token anew whose loop has ended", () => {
    const [name = ""] = planFleet(fleetOf(1), [], 1).add;
    const ended = endRow(rowOf(name), 0);
    const plan = planFleet(fleetOf(1), [ended], 1);
    expect(plan.add).toHaveLength(1);
    expect(plan.add).not.toContain(name);
  });

  it("ends all tokens of a stopped fleet", () => {
    expect(planFleet({ ...fleetOf(0), isStopped: true }, rowsOf(["a", "b"]), 1).remove).toHaveLength(2);
  });
});

describe("[S4.6] scale-down", () => {
  it("ends all tokens of a fleet whose queue is missing", () => {
    const missing = { ...fleetOf(0), missingSinceMs: 1 };
    expect([...planFleet(missing, rowsOf(["a", "b"]), 1).remove].sort()).toEqual(["a", "b"]);
  });

  it("takes each of the tokens it may take about equally often", () => {
    const taken = new Map<string, number>();
    const rows = rowsOf(["a", "b", "c", "d", "e"]);
    for (let version = 0; version < 4_000; version++) {
      for (const token of planFleet(fleetOf(4, version), rows, 1).remove) taken.set(token, (taken.get(token) ?? 0) + 1);
    }
    expect([...taken.keys()].sort()).toEqual(["a", "b", "c", "d"]);
    for (const times of taken.values()) expect(Math.abs(times - 1_000)).toBeLessThan(150);
  });

  it("however many run at once, and however old what each has read: the minimum stays", () => {
    const scaleDown = fc.record({ desired: fc.integer({ min: 1, max: 6 }), version: fc.nat(50), seenAt: fc.nat(20) });
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(999), { minLength: 3, maxLength: 12 }), fc.array(scaleDown), (ids, downs) => {
        const minLoops = 2;
        const history: string[][] = [ids.map((id) => `t${String(id).padStart(3, "0")}`)];
        for (const { desired, version, seenAt } of downs) {
          // Acts on what was there some steps ago.
          const seen = history[Math.max(0, history.length - 1 - seenAt)] ?? [];
          const { remove } = planFleet(fleetOf(Math.max(minLoops, desired), version), rowsOf(seen), minLoops);
          const now = history.at(-1) ?? [];
          history.push(now.filter((token) => !remove.includes(token)));
        }
        expect((history.at(-1) ?? []).length).toBeGreaterThanOrEqual(minLoops);
      }),
    );
  });

  it("by any alarms in any order never asks for less than the minimum or more than the maximum", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(60))),
        (n, alarms) => {
          const writing = { queueUrl: "q", writer: "w", nowMs: 0 };
          const begun = start(undefined, n, limits, writing);
          let fleet = "row" in begun ? begun.row : undefined;
          for (const [alarmArn, second] of alarms) {
            const changed = shrink(
              fleet,
              { alarmArn, changedAt: new Date(second * 1_000).toISOString() },
              limits,
              writing,
            );
            if ("row" in changed) fleet = changed.row;
          }
          expect(fleet?.desired).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });
});
