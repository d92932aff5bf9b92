import { beforeEach, describe, expect, it } from "vitest";
import { MemoryWalkRecords } from "../../test/memory-walk-records.ts";
import { PartBook } from "./part-book.ts";
import { subtractRanges } from "./subtract-ranges.ts";

const walk = "w";
const whole = [{ after: "", through: null }];
const behindM = [{ after: "m", through: null }];
const behindT = [{ after: "t", through: null }];
const ending = { summary: "{}", learned: [] };

let records: MemoryWalkRecords;
beforeEach(async () => {
  records = new MemoryWalkRecords();
  await records.open({ id: walk, bucket: "b", prefix: "", startedAtMs: 0 });
});
const open = (part = "0", token = 1) => PartBook.open(records, walk, part, token);

describe("what a part gave away", () => {
  it("is known to every later hop, whatever state it goes on from", async () => {
    const first = await open();
    await first.give(behindT);
    await first.give(behindM);
    const next = await open();
    expect(subtractRanges(whole, next.given)).toEqual([{ after: "", through: "m" }]);
    expect(next.children).toEqual(first.children);
  });

  it("makes a child whose id no other has", async () => {
    const book = await open();
    const ids = [book.nextChild];
    await book.give(behindT);
    ids.push(book.nextChild);
    await book.give(behindM);
    expect(book.children).toEqual(ids);
    expect(new Set(ids).size).toBe(2);
  });
});

describe("a hop that goes on after another has begun", () => {
  it("gives nothing away, so that the other has not walked what is given", async () => {
    const ghost = await open();
    const next = await open();
    await expect(ghost.give(behindM)).rejects.toMatchObject({ code: "PART_TAKEN_OVER" });
    expect([ghost.given, next.given, (await open()).given]).toEqual([[], [], []]);
  });

  it("keeps no place among the open parts", async () => {
    const ghost = await open();
    await open();
    await records.claim(walk, ghost.nextChild, 8);
    await expect(ghost.give(behindM)).rejects.toThrow();
    expect(records.walks.get(walk)?.open).toEqual(["0"]);
  });

  it("does not begin, if the other is a later attempt, so that it gives away nothing that is counted", async () => {
    await open("0", 2);
    await expect(open("0", 1)).rejects.toMatchObject({ code: "PART_TAKEN_OVER" });
    await open("0", 3);
    expect((await records.log(walk, "0")).map(({ kind }) => kind)).toEqual(["began", "began"]);
  });

  it("does not end the part", async () => {
    const ghost = await open();
    const next = await open();
    await expect(ghost.finish(ending)).rejects.toMatchObject({ code: "PART_TAKEN_OVER" });
    await next.finish(ending);
    expect((await open()).isDone).toBe(true);
  });

  it("is met while the other reads: one of the two goes first", async () => {
    const ghost = await open();
    const log = records.log.bind(records);
    let isFirstRead = true;
    records.log = async (...of) => {
      const read = await log(...of);
      if (isFirstRead) await ghost.give(behindM);
      isFirstRead = false;
      return read;
    };
    expect((await open()).given).toEqual(behindM);
  });
});

describe("a hop that begins after a crash", () => {
  it("alone asks for places to be given back: the first of a part has no hop before it", async () => {
    const released: (readonly string[])[] = [];
    const release = records.release.bind(records);
    records.release = (walk, parts) => {
      released.push(parts);
      return release(walk, parts);
    };
    await open();
    expect(released).toEqual([]);
    await open();
    expect(released).toEqual([["0.0", "0.1"]]);
  });

  it("gives back the place of a child that was never born", async () => {
    const crashed = await open();
    await records.claim(walk, crashed.nextChild, 8);
    await open();
    expect(records.walks.get(walk)?.open).toEqual(["0"]);
  });

  it("leaves the place of a child that was born", async () => {
    const crashed = await open();
    const child = crashed.nextChild;
    await records.claim(walk, child, 8);
    await crashed.give(behindM);
    await open();
    expect(records.walks.get(walk)?.open).toEqual(["0", child]);
  });

  it("adds nothing to the log of a part that is done", async () => {
    await (await open()).finish(ending);
    const before = await records.log(walk, "0");
    expect((await open()).isDone).toBe(true);
    expect(await records.log(walk, "0")).toEqual(before);
  });
});
