import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { plainRecordsOf } from "@longhaul/local/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FinishedTransform, verifyTransform } from "../src/testing.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-verify-result-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Made {
  readonly result?: string;
  readonly rejects?: string;
}

/** The verdict on an input and what a run made of it under these settings. */
async function check(
  [name, content]: readonly [name: string, content: string | Uint8Array],
  { result = "", rejects }: Made,
  environment: Readonly<Record<string, string>> = {},
) {
  const inputPath = join(directory, name);
  await writeFile(inputPath, content);
  const inputKey = `in/${basename(inputPath)}`;
  const objects: Readonly<Record<string, string | undefined>> = {
    [`out/${name}.ndjson`]: result,
    [`out/${name}.rejects.ndjson`]: rejects,
  };
  const context: FinishedTransform = {
    inputPath,
    inputKey,
    files: [{ bytes: Buffer.byteLength(content) }],
    outputs: { OutputBucketName: "output" },
    environment: { LONGHAUL_STATE_BUCKET: "state", ...environment },
    async read(bucket, key) {
      const object = bucket === "output" ? objects[key] : undefined;
      if (object === undefined) throw Object.assign(new Error("no such object"), { name: "NoSuchKey" });
      return (async function* () {
        yield Buffer.from(object);
      })();
    },
  };
  return verifyTransform((record) => record, plainRecordsOf)(context);
}

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

describe("the check of a run says", () => {
  it("how much is exact", async () => {
    expect(await check(["a.ndjson", '{"id":1}\n{"id":2}\n'], { result: lines({ id: 1 }, { id: 2 }) })).toEqual({
      isOk: true,
      message: "result is exact: 2 records, 18 bytes",
    });
  });

  it.each([
    ["empty.ndjson", "", "0 bytes"],
    ["blank.ndjson", "\n \n", "3 bytes"],
    ["header.csv", "id,name\n", "8 bytes"],
  ])("never that nothing is exact: %s", async (name, content, bytes) => {
    expect(await check([name, content], {})).toEqual({
      isOk: true,
      message: `nothing to compare: the input has ${bytes} and no records`,
    });
  });

  it("which were rightly set aside", async () => {
    const made = { result: lines(1, 3), rejects: lines({ record: 1, reason: "json" }) };
    expect(await check(["b.ndjson", "1\n{\n3\n"], made, { ON_BROKEN_RECORD: "skip" })).toMatchObject({
      isOk: true,
      message: "result is exact: 3 records, 1 of them set aside, 4 bytes",
    });
  });
});

const id = "144126219108390099";
const rounded = "144126219108390100";

describe("a flaw of the app that the check shared would be seen by nobody: it fails for", () => {
  it.each<[flaw: string, name: string, content: string, made: Made, environment?: Record<string, string>]>([
    ["a last record that is missing", "1.ndjson", "1\n2", { result: lines(1) }],
    ["a record that stands twice", "2.ndjson", "1\n2\n", { result: lines(1, 1, 2) }],
    ["records in another order", "3.ndjson", "1\n2\n", { result: lines(2, 1) }],
    ["a file with CR alone as no records", "4.csv", "id,name\r1,a\r2,b\r", {}],
    [
      "a file with CR alone as one",
      "5.ndjson",
      '{"id":1}\r{"id":2}\r',
      { rejects: lines({ record: 0, reason: "json" }) },
      { ON_BROKEN_RECORD: "skip" },
    ],
    ["a CR that belongs to a field", "6.csv", 'id\n"a\rb"\n', { result: lines({ id: "a" }, { id: "b" }) }],
    ["an id that was rounded", "7.ndjson", `{"id":${id}}\n`, { result: `{"id":${rounded}}\n` }, { NUMBERS: "text" }],
    ["a number that became null", "8.ndjson", '{"n":1e400}\n', { result: '{"n":null}\n' }, { NUMBERS: "text" }],
    [
      "a number with more digits than a double",
      "9.ndjson",
      '{"n":0.1000000000000000055}\n',
      { result: '{"n":0.1}\n' },
      { NUMBERS: "text" },
    ],
    ["a blank before the end of a line", "10.txt", "a \n", { result: lines("a") }],
    [
      "a valid record that was set aside",
      "11.ndjson",
      "1\n2\n",
      {
        result: lines(1),
        rejects: lines({ record: 1, reason: "json" }),
      },
      { ON_BROKEN_RECORD: "skip" },
    ],
    [
      "a broken record of which nothing says so",
      "12.ndjson",
      "1\n{\n",
      { result: lines(1) },
      { ON_BROKEN_RECORD: "skip" },
    ],
    [
      "a column that was not told from the next",
      "13.csv",
      "a;b\n1;2\n",
      { result: lines({ "a;b": "1;2" }) },
      {
        CSV_DELIMITER: "semicolon",
      },
    ],
  ])("%s", async (_flaw, name, content, made, environment) => {
    expect(await check([name, content], made, environment)).toMatchObject({ isOk: false });
  });

  it.each<[flaw: string, name: string, content: string | Uint8Array, result: string]>([
    ["an id that was rounded, where it should be refused", "14.ndjson", `{"id":${id}}\n`, `{"id":${rounded}}\n`],
    ["text that is no UTF-8", "15.ndjson", Buffer.from('{"name":"é"}\n', "latin1"), lines({ name: "\uFFFD" })],
    ["UTF-16 as text", "16.txt", Buffer.from("a\n", "utf16le"), lines("a\0", "\0")],
    ["rows as one column", "17.csv", "a;b\n1;2\n", lines({ "a;b": "1;2" })],
    ["half of a file that was cut", "18.json", "[1,2", lines(1, 2)],
    ["a row that is cut", "19.csv", "a,b\n1,2\n3\n", lines({ a: "1", b: "2" })],
  ])("%s", async (_flaw, name, content, result) => {
    await expect(check([name, content], { result })).rejects.toThrow();
  });
});
