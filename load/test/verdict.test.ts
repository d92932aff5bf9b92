import { describe, expect, it } from "vitest";
import type { Counts, Remains, Sample } from "../src/figures.ts";
import { faultsOf, growthOf } from "../src/verdict.ts";

const counts: Counts = { begun: 100, done: 100, faults: [], invocations: 100, pids: [1, 2], problems: [] };
const clean: Remains = { handles: [], pids: [], files: [] };
/** Samples of a minute, with the live memory of a second. */
const samplesOf = (liveMb: (second: number) => number): Sample[] =>
  Array.from({ length: 60 }, (_, at) => ({
    elapsedMs: (at + 1) * 1_000,
    done: at,
    liveMb: liveMb(at + 1),
    residentMb: 200,
  }));
const flat = samplesOf((second) => 50 + (second % 2));

describe("the load lane", () => {
  it("is well if each item was exact, memory is flat, and nothing is left", () => {
    expect(faultsOf(counts, flat, clean)).toEqual([]);
  });

  it("finds an item without an exact result", () => {
    const faults = ["file-7: 19 of 20 records in the table"];
    expect(faultsOf({ ...counts, done: 99, faults }, flat, clean)).toEqual([
      "1 items without an exact result: file-7: 19 of 20 records in the table",
    ]);
  });

  it("finds an item that is neither done nor faulty", () => {
    expect(faultsOf({ ...counts, done: 99 }, flat, clean)).toEqual([
      "1 of 100 items have neither a result nor a fault.",
    ]);
  });

  it("finds that nothing was done", () => {
    expect(faultsOf({ ...counts, begun: 0, done: 0 }, flat, clean)).toEqual(["No item was done."]);
  });

  it.each<[string, Partial<Remains>, string]>([
    ["a handle", { handles: ["Timeout"] }, "1 resources kept the process alive after its stop: Timeout"],
    ["a process", { pids: [4711] }, "1 function instances outlived the stop: 4711"],
    ["a file", { files: ["objects"] }, "1 files were left in the temporary directory: objects"],
  ])("finds %s that is left", (_, left, fault) => {
    expect(faultsOf(counts, flat, { ...clean, ...left })).toEqual([fault]);
  });

  it("finds a problem of the embedded AWS itself", () => {
    const problems = Array.from({ length: 7 }, (_, at) => `sqs: ${at}`);
    expect(faultsOf({ ...counts, problems }, flat, clean)).toEqual([
      "7 problems of the embedded AWS: sqs: 0; sqs: 1; sqs: 2; sqs: 3; sqs: 4, and 2 more",
    ]);
  });
});

describe("memory", () => {
  it("may grow while it warms up, in the first quarter", () => {
    expect(
      faultsOf(
        counts,
        samplesOf((second) => Math.min(50, 20 + 2 * second)),
        clean,
      ),
    ).toEqual([]);
  });

  it("that grows all the time is a leak", () => {
    expect(
      faultsOf(
        counts,
        samplesOf((second) => 50 + second),
        clean,
      ),
    ).toEqual(["Live memory grew from 73 to 103 MB; 81 are allowed."]);
  });

  it("of a large system may grow by a tenth", () => {
    expect(
      faultsOf(
        counts,
        samplesOf((second) => 500 + second),
        clean,
      ),
    ).toEqual([]);
  });

  it("is compared from quarter to quarter; without samples in both nothing is known, and that is a fault", () => {
    expect(growthOf(samplesOf((second) => second))).toEqual({ fromMb: 23, toMb: 53 });
    expect(growthOf(flat.slice(0, 1))).toBeUndefined();
    expect(faultsOf(counts, [], clean)).toEqual(["There are too few samples of memory: give it more minutes."]);
  });
});
