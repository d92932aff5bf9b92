import { describe, expect, it } from "vitest";
import { beat, claim, isStale, reopen, takeOver } from "./token-protocol.ts";
import { newRow, type TokenRow } from "./token-row.ts";

const key = { queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders", token: "a1" };
const fresh = newRow(key, "loop-1", 1_000);
const place = (hop = 0, owner = "me", loopId = "loop-1") => ({ ...key, loopId, hop, owner });
const rowOf = (answer: { row: TokenRow | undefined }) => answer.row as TokenRow;

describe("[S4.3] one write verifies the token and notes the heartbeat", () => {
  it("at the begin of a hop, whose event is used up by it", () => {
    const begun = claim(fresh, place(), 2_000);
    expect(begun).toMatchObject({ ok: true, row: { hop: 1, owner: "me", lastUsedMs: 2_000 } });
    expect(claim(rowOf(begun), place(0, "twin"), 2_001)).toMatchObject({ ok: false, refusal: "duplicate" });
    expect(claim(rowOf(begun), place(1, "next"), 3_000)).toMatchObject({ ok: true, row: { hop: 2, owner: "next" } });
  });

  it("and between, for the invocation that has the hop", () => {
    const row = rowOf(claim(fresh, place(), 2_000));
    expect(beat(row, place(), 12_000, "{}")).toMatchObject({ ok: true, row: { lastUsedMs: 12_000, stats: "{}" } });
    expect(beat(row, place(0, "twin"), 12_000)).toMatchObject({ ok: false, refusal: "duplicate" });
  });

  it("repeated after its answer was lost, it is made once", () => {
    const begun = rowOf(claim(fresh, place(), 2_000));
    expect(claim(begun, place(), 2_500)).toEqual({ ok: true, row: begun });
  });

  it.each([
    ["gone", undefined],
    ["ended", { ...fresh, state: "ended" as const }],
    ["other-loop", { ...fresh, loopId: "loop-2" }],
    ["duplicate", { ...fresh, hop: 5, owner: "other" }],
  ])("refused, it says why without a second read: %s", (refusal, row) => {
    for (const answer of [claim(row, place(), 2_000), beat(row, place(), 2_000), reopen(row, place())]) {
      expect(answer).toEqual({ ok: false, refusal, row });
    }
  });

  it("by a clock that is behind, too: what was read before it is out of date", () => {
    const begun = rowOf(claim(fresh, place(), 9_000));
    for (const alive of [beat(begun, place(), 8_000), claim(begun, place(1), 8_000)]) {
      expect(rowOf(alive).lastUsedMs).toBe(8_000);
      expect(takeOver(rowOf(alive), begun, "loop-2", 90_000)).toMatchObject({ ok: false, refusal: "duplicate" });
    }
  });
});

describe("a hop that failed can be begun again by Lambda's retry of its event", () => {
  it("once it is given back", () => {
    const begun = rowOf(claim(fresh, place(), 2_000));
    expect(claim(rowOf(reopen(begun, place())), place(0, "retry"), 3_000).ok).toBe(true);
  });
});

describe("[S4.4] a loop is stale when it shows no sign of life", () => {
  const begun = rowOf(claim(fresh, place(), 2_000));
  it.each<[string, TokenRow, number, boolean]>([
    ["never used, but only just started", fresh, 61_000, false],
    ["never used since it was started", fresh, 61_001, true],
    ["a heartbeat within the threshold", begun, 62_000, false],
    ["no heartbeat for longer", begun, 62_001, true],
    ["a clock ahead wrote it", { ...begun, lastUsedMs: 70_000 }, 62_001, false],
    ["asked to end", { ...begun, state: "ended" }, 999_999, false],
  ])("%s", (_, row, nowMs, stale) => {
    expect(isStale(row, nowMs, 60_000)).toBe(stale);
  });
});

describe("[S4.5] a restarted loop owns the token", () => {
  const old = rowOf(claim(fresh, place(), 2_000));
  const taken = takeOver(old, old, "loop-2", 90_000);

  it("by compare-and-set: of two restarts at once, one starts a loop", () => {
    expect(taken).toMatchObject({
      ok: true,
      row: { loopId: "loop-2", hop: 0, startedAtMs: 90_000, lastUsedMs: undefined, restarts: 1 },
    });
    expect(takeOver(rowOf(taken), old, "loop-3", 90_001)).toMatchObject({ ok: false, refusal: "other-loop" });
    expect(takeOver(rowOf(taken), old, "loop-2", 90_002)).toEqual(taken);
  });

  it("unless the loop came back to life meanwhile", () => {
    const alive = rowOf(beat(old, place(), 80_000));
    expect(takeOver(alive, old, "loop-2", 90_000)).toMatchObject({ ok: false, refusal: "duplicate" });
  });

  it("and the one that overran is stopped at its next check, whatever that is", () => {
    expect(beat(rowOf(taken), place(), 91_000)).toMatchObject({ ok: false, refusal: "other-loop" });
    expect(claim(rowOf(taken), place(1), 91_000)).toMatchObject({ ok: false, refusal: "other-loop" });
    expect(claim(rowOf(taken), place(0, "new", "loop-2"), 91_000).ok).toBe(true);
  });
});
