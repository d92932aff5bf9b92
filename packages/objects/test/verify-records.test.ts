import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plainRecordsOf } from "@longhaul/local/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareTable } from "../src/testing/verify-records.ts";
import { anyObject } from "./records.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-verify-table-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

type Content = string | Uint8Array;

/** The verdict on a file, if the table holds this text of its records. */
async function check(
  [name, content]: readonly [string, Content],
  written: readonly (string | undefined)[],
  environment: Readonly<Record<string, string>> = {},
) {
  const inputPath = join(directory, name);
  await writeFile(inputPath, content);
  const inputKey = `in/${name}`;
  const files = [{ key: inputKey, bytes: Buffer.byteLength(content) }];
  const held = written.flatMap((json, record) => (json === undefined ? [] : [[record, json] as const]));
  const found = new Map(held.length === 0 ? [] : [[inputKey, new Map(held)]]);
  return compareTable({ inputPath, inputKey, files, environment }, found, anyObject, plainRecordsOf);
}

const skip = { ON_INVALID: "skip" };
const text = { NUMBERS: "text" };
const [a, b] = ['{"id":1}', '{"id":2}'];

describe("the check of a load says", () => {
  it("how much is exact, and what was rightly left out", async () => {
    expect(await check(["a.ndjson", `${a}\n${b}\n`], [a, b])).toEqual({
      isOk: true,
      message: "the table is exact: 2 records of 1 file(s)",
    });
    expect(await check(["b.ndjson", `${a}\n{\n[]\n${b}\n`], [a, undefined, undefined, b], skip)).toEqual({
      isOk: true,
      message: "the table is exact: 4 records of 1 file(s), 2 of them left out",
    });
  });

  it.each([
    ["empty.ndjson", "", "0 bytes"],
    ["blank.ndjson", "\n \n", "3 bytes"],
    ["header.csv", "id,name\n", "8 bytes"],
  ])("never that nothing is exact: %s", async (name, content, bytes) => {
    expect(await check([name, content], [])).toEqual({
      isOk: true,
      message: `nothing to compare: 1 file(s) have ${bytes} and no records`,
    });
  });
});

describe("a flaw of the app that the check shared would be seen by nobody: it fails for", () => {
  it.each<
    [flaw: string, name: string, content: Content, written: (string | undefined)[], env?: Record<string, string>]
  >([
    ["a last record that is missing", "1.ndjson", `${a}\n${b}`, [a]],
    ["a record too many", "2.ndjson", `${a}\n`, [a, b]],
    ["one in the place of another", "3.ndjson", `${a}\n${b}\n`, [a, a]],
    ["a file with CR alone as no records", "4.csv", "id,name\r1,a\r2,b\r", []],
    ["a file with CR alone as one that is left out", "5.ndjson", `${a}\r${b}\r`, [undefined], skip],
    ["an id that was rounded", "6.ndjson", '{"id":144126219108390099}\n', ['{"id":144126219108390100}'], text],
    ["a number that became null", "7.ndjson", '{"n":1e400}\n', ['{"n":null}'], text],
    ["a valid record that was left out", "8.ndjson", `${a}\n${b}\n`, [a, undefined], skip],
    ["a broken record that was written", "9.ndjson", `${a}\n{"id":2\n`, [a, b], skip],
    ["one column for two", "10.csv", "a;b\n1;2\n", ['{"a;b":"1;2"}'], { CSV_DELIMITER: "semicolon" }],
  ])("%s", async (_flaw, name, content, written, environment) => {
    expect(await check([name, content], written, environment)).toMatchObject({ isOk: false });
  });

  it.each<[flaw: string, name: string, content: Content, written: string[]]>([
    ["an id that should be refused", "11.ndjson", '{"id":144126219108390099}\n', ['{"id":144126219108390100}']],
    ["text that is no UTF-8", "12.ndjson", Buffer.from('{"name":"é"}\n', "latin1"), ['{"name":"\uFFFD"}']],
    ["UTF-16 as text", "13.csv", Buffer.from("id\n1\n", "utf16le"), ['{"i\\u0000d\\u0000":"\\u00001\\u0000"}']],
    ["rows as one column", "14.csv", "a;b\n1;2\n", ['{"a;b":"1;2"}']],
  ])("%s", async (_flaw, name, content, written) => {
    await expect(check([name, content], written)).rejects.toThrow();
  });

  it("records of a file that was never put there", async () => {
    const path = join(directory, "none");
    const found = new Map([["in/other", new Map([[0, a]])]]);
    const context = { inputPath: path, inputKey: "in/", files: [], environment: {} };
    expect(await compareTable(context, found, anyObject, plainRecordsOf)).toEqual({
      isOk: false,
      message: "the table holds records of in/other",
    });
  });
});
