import fc from "fast-check";
import { describe, it } from "vitest";
import { beat, claim, reopen, takeOver } from "./token-protocol.ts";
import { newRow, type TokenRow } from "./token-row.ts";

const key = { queueUrl: "q", token: "t" };
const step = fc.record({
  what: fc.constantFrom("claim", "beat", "reopen", "takeOver"),
  loop: fc.integer({ min: 1, max: 3 }),
  hop: fc.integer({ min: 0, max: 3 }),
  owner: fc.integer({ min: 1, max: 4 }),
  skewMs: fc.integer({ min: -500, max: 500 }),
});

describe("whatever is delivered, in whatever order and however often", () => {
  it("a hop is begun by one invocation at a time, only the owner beats, and the heartbeat is the clock of who wrote it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let row: TokenRow = newRow(key, "1", 0);
        // Who has begun a hop and not given it back, as `loop/hop`.
        const holders = new Map<string, string>();
        let seen: TokenRow = row;
        for (const [at, { what, loop, hop, owner, skewMs }] of steps.entries()) {
          const nowMs = at * 100 + skewMs;
          const place = { ...key, loopId: String(loop), hop, owner: String(owner) };
          const name = `${loop}/${hop}`;
          if (at % 7 === 0) seen = row;
          const answer =
            what === "claim"
              ? claim(row, place, nowMs)
              : what === "beat"
                ? beat(row, place, nowMs)
                : what === "reopen"
                  ? reopen(row, place)
                  : takeOver(row, seen, `${loop}${at}`, nowMs);
          if (!answer.ok) continue;
          if (what === "claim") {
            const holder = holders.get(name);
            if (holder !== undefined && holder !== place.owner) throw new Error(`${name} has two owners`);
            holders.set(name, place.owner);
          }
          if (what === "beat" && holders.get(name) !== place.owner) throw new Error(`a stranger beats for ${name}`);
          if (what === "reopen") holders.delete(name);
          const isMade = JSON.stringify(answer.row) !== JSON.stringify(row);
          if (isMade && (what === "claim" || what === "beat") && answer.row.lastUsedMs !== nowMs)
            throw new Error("no sign of life");
          row = answer.row;
        }
      }),
    );
  });
});
