import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plainRecordsOf } from "./plain-records.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-plain-records-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The records of a file with this name and content. */
async function recordsOf(name: string, content: string | Uint8Array): Promise<unknown[]> {
  const path = join(directory, name);
  await writeFile(path, content);
  const records: unknown[] = [];
  for await (const record of plainRecordsOf(path)) records.push(record);
  return records;
}

const two = [{ id: 1 }, { id: 2 }];

describe("the records of a file, by the ending of its name", () => {
  it.each([
    ["array.json", JSON.stringify(two), two],
    ["tasks.JSON", JSON.stringify({ version: 1, tasks: two }), two],
    ["lines.ndjson", '{"id":1}\n\n{"id":2}', two],
    ["lines.jsonl", '{"id":1}\r\n  \r\n{"id":2}\r\n', two],
    [
      "rows.csv",
      'id,name\n1,"a, b"\n2,\n',
      [
        { id: "1", name: "a, b" },
        { id: "2", name: "" },
      ],
    ],
    ["short.csv", "id,name\n1\n", [{ id: "1", name: undefined }]],
    ["rows.tsv", "id\tname\n1\ta, b\n", [{ id: "1", name: "a, b" }]],
    ["text.txt", "a\n\nb\r\n", ["a", "", "b"]],
    ["without-ending", "a\nb", ["a", "b"]],
    ["empty.ndjson", "", []],
    ["empty.csv", "", []],
  ])("%s", async (name, content, records) => {
    expect(await recordsOf(name, content)).toEqual(records);
    expect(await recordsOf(`${name}.gz`, gzipSync(content))).toEqual(records);
  });

  it.each([
    ["array.json", JSON.stringify(two), two],
    ["lines.ndjson", '{"id":1}\n{"id":2}\n', two],
    ["rows.csv", "id\n1\n", [{ id: "1" }]],
    ["text.txt", "a\nb\n", ["a", "b"]],
  ])("a byte order mark is none of the text: %s", async (name, content, records) => {
    expect(await recordsOf(name, `\uFEFF${content}`)).toEqual(records);
  });

  it("a lone CR and Unicode's line separators end no line", async () => {
    const text = "a\rb\u2028c\u2029d";
    expect(await recordsOf("separators.txt", `${text}\r\n${text}`)).toEqual([text, text]);
    expect(await recordsOf("separators.ndjson", `"a\u2028b"\n`)).toEqual(["a\u2028b"]);
  });

  it("a sign of several bytes may stand between two chunks", async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `✓ ${i} 🚚`);
    expect(await recordsOf("long.txt", lines.join("\n"))).toEqual(lines);
  });

  it("what is not JSON is an error", async () => {
    await expect(recordsOf("broken.ndjson", '{"id":1}\n{')).rejects.toThrow(SyntaxError);
    await expect(recordsOf("broken.json", "[1,")).rejects.toThrow(SyntaxError);
  });

  it.each(["absent.ndjson", "absent.ndjson.gz", "absent.csv.gz", "absent.json"])(
    "%s that is not there is an error",
    async (name) => {
      await expect(plainRecordsOf(join(directory, name)).next()).rejects.toThrow("ENOENT");
    },
  );
});
