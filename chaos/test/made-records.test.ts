import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainRecordsOf } from "@longhaul/local/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { madeFile } from "../src/made-records.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-chaos-test-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("a file that was made", () => {
  it.each([0, 1, 2, 3])("holds the records that are expected of it: number %i", async (number) => {
    const { ending, content, records } = madeFile(7, number, 300);
    const path = join(directory, `file${ending}`);
    await writeFile(path, content);
    const read: string[] = [];
    for await (const record of plainRecordsOf(path)) read.push(JSON.stringify(record));
    expect(read).toEqual(records);
    expect(records).toHaveLength(300);
  });

  it("is another for another number or seed, and the same for the same", () => {
    const contentOf = (seed: number, number: number) => Buffer.from(madeFile(seed, number, 5).content).toString("hex");
    expect(contentOf(7, 0)).toBe(contentOf(7, 0));
    expect(new Set([contentOf(7, 0), contentOf(8, 0), contentOf(7, 4)]).size).toBe(3);
    expect([0, 1, 2, 3].map((number) => madeFile(7, number, 1).ending)).toEqual([
      ".ndjson",
      ".ndjson.gz",
      ".json",
      ".csv",
    ]);
  });
});
