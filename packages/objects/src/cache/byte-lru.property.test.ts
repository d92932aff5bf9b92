import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteLru } from "./byte-lru.ts";

const MAX = 20;
const name = fc.constantFrom("a", "b", "c", "d", "e");
const action = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), name, bytes: fc.nat(12) }),
  fc.record({ kind: fc.constant("get" as const), name }),
  fc.record({ kind: fc.constant("pin" as const), name }),
  fc.record({ kind: fc.constant("unpin" as const), name }),
  fc.record({ kind: fc.constant("delete" as const), name }),
);

describe("ByteLru", () => {
  it("lets go of the least recently used unpinned values, no more than needed, and never of pinned ones", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const lru = new ByteLru<string>(MAX);
        // The model: entries from least to most recently used.
        let model: { name: string; bytes: number; pins: number }[] = [];
        const find = (wanted: string) => model.find((entry) => entry.name === wanted);
        for (const act of actions) {
          const entry = find(act.name);
          if (act.kind === "get") {
            expect(lru.get(act.name)).toBe(entry?.name);
            if (entry !== undefined) model = [...model.filter((other) => other !== entry), entry];
          } else if (act.kind === "pin") {
            expect(lru.pin(act.name)).toBe(entry !== undefined);
            if (entry !== undefined) entry.pins++;
          } else if (act.kind === "unpin") {
            if (entry !== undefined) entry.pins = Math.max(0, entry.pins - 1);
            expect(lru.unpin(act.name)).toBe(entry?.pins ?? 0);
          } else if (act.kind === "delete") {
            lru.delete(act.name);
            model = model.filter((other) => other !== entry);
          } else {
            lru.delete(act.name);
            model = model.filter((other) => other !== entry);
            const evicted = lru.makeRoom(act.bytes);
            const used = model.reduce((sum, { bytes }) => sum + bytes, 0);
            const leaving: string[] = [];
            let free = MAX - used;
            for (const other of model) {
              if (free >= act.bytes) break;
              if (other.pins > 0) continue;
              leaving.push(other.name);
              free += other.bytes;
            }
            if (free < act.bytes) {
              expect(evicted).toBeUndefined();
              continue;
            }
            expect(evicted?.map((gone) => gone.name)).toEqual(leaving);
            model = [
              ...model.filter((other) => !leaving.includes(other.name)),
              { name: act.name, bytes: act.bytes, pins: 0 },
            ];
            lru.set(act.name, act.name, act.bytes);
          }
          expect(lru.usedBytes).toBe(model.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(lru.size).toBe(model.length);
          expect(lru.usedBytes).toBeLessThanOrEqual(MAX);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps a value until each of its pins is undone, also when one is to go whatever the budget says", () => {
    const lru = new ByteLru<string>(10);
    lru.set("pinned", "value", 5);
    lru.pin("pinned");
    lru.pin("pinned");
    lru.set("free", "value", 5);
    expect(lru.unpin("pinned")).toBe(1);
    expect(lru.evictOne()?.name).toBe("free");
    expect([lru.evictOne(), lru.makeRoom(6)]).toEqual([undefined, undefined]);
    expect(lru.unpin("pinned")).toBe(0);
    expect(lru.evictOne()?.name).toBe("pinned");
  });

  it("counts what a pinned value grows by", () => {
    const lru = new ByteLru<string>(MAX);
    lru.set("file", "file", 5);
    lru.pin("file");
    lru.grow("file", 10);
    expect(lru.makeRoom(6)).toBeUndefined();
    expect(lru.makeRoom(5)).toEqual([]);
    lru.grow("gone", 10);
    expect(lru.usedBytes).toBe(15);
  });

  it("tells a value without counting that as a use, where get() counts it", () => {
    const lru = new ByteLru<string>(MAX);
    for (const name of ["a", "b", "c"]) lru.set(name, name, 5);
    expect([lru.peek("a"), lru.peek("gone"), lru.get("b"), lru.get("a")]).toEqual(["a", undefined, "b", "a"]);
    expect([lru.peek("c"), lru.evictOne()?.name, lru.evictOne()?.name]).toEqual(["c", "c", "b"]);
  });

  it("counts a value in place of another once, and takes all of a grown one away", () => {
    const lru = new ByteLru<string>(MAX);
    lru.set("file", "old", 5);
    lru.set("other", "other", 1);
    lru.set("file", "new", 7);
    expect([lru.usedBytes, lru.size, lru.peek("file")]).toEqual([8, 2, "new"]);
    lru.grow("file", 4);
    lru.delete("file");
    expect(lru.usedBytes).toBe(1);
    expect(lru.evictOne()).toEqual({ name: "other", value: "other", bytes: 1 });
  });
});
