import { describe, expect, it } from "vitest";
import { chunkings, readAll, readUntilError } from "../../test/samples.ts";
import type { ReadPosition } from "./position.ts";

describe.each(chunkings)("NDJSON that is named .json is noticed and read as NDJSON, %s", (_how, sizes) => {
  const lines = [
    { id: "1", type: "PushEvent" },
    { id: "2", nested: { tasks: [1] } },
    { id: "3", text: "a}\\n{" },
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");

  it.each([
    ["as it is", text],
    ["with a byte order mark", `\uFEFF${text}`],
    ["with blank lines before and between", ` \n${text.replaceAll("\n", "\r\n \r\n")}`],
    ["with a lone CR after each", text.replaceAll("\n", "\r")],
    ["without its last line end", text.trimEnd()],
  ])("%s", async (_, content) => {
    const { values, batches } = await readAll(content, { format: "tasks", maxRecords: 1 }, sizes);
    expect(values).toEqual(lines);
    for (const [i, { end }] of batches.entries()) {
      expect(end).toMatchObject({ record: i + 1, inside: "lines" });
      const from = JSON.parse(JSON.stringify(end)) as ReadPosition;
      expect((await readAll(content, { format: "tasks", from }, sizes)).values).toEqual(lines.slice(i + 1));
    }
    const counted = await readAll(content, { format: "tasks", from: { record: 2, byte: 0 } }, sizes);
    expect(counted.values).toEqual(lines.slice(2));
  });

  it("with a broken line further on", async () => {
    const { values, error } = await readUntilError(`${text}{oops\n`, { format: "tasks", maxRecords: 3 }, sizes);
    expect(values).toEqual(lines);
    expect(error).toMatchObject({ code: "BROKEN_RECORD", record: 3, byte: Buffer.byteLength(text) });
    const { batches } = await readAll(`${text}{oops\n`, { format: "tasks", onBrokenRecord: "skip" }, sizes);
    expect(batches.flatMap(({ rejected }) => rejected)).toMatchObject([{ record: 3 }]);
  });

  it.each<[string, string, string, RegExp]>([
    ["one object alone", '{"id":1}', "TASKS_MISSING", /no top-level tasks.*give the format ndjson/],
    ["one object over several lines", '{\n"id":1\n}\n', "TASKS_MISSING", /no top-level tasks/],
    ["objects over several lines", '{\n"id":1\n}\n{\n"id":2\n}\n', "BROKEN_DOCUMENT", /Write one value on each line/],
    ["two objects on one line", '{"id":1}{"id":2}\n', "BROKEN_DOCUMENT", /something follows the JSON object/],
    ["lines that are arrays", "[1,2]\n[3,4]\n", "BROKEN_DOCUMENT", /give the format ndjson/],
    ["lines with tasks", '{"tasks":[1]}\n{"tasks":[2]}\n', "BROKEN_DOCUMENT", /give the format ndjson/],
  ])("else it is told what to do: %s", async (_, content, code, message) => {
    const { error } = await readUntilError(content, { format: "tasks" }, sizes);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("no more is held than one record", async () => {
    const long = `{"a":"${"x".repeat(5_000)}"}\n{"b":1}\n`;
    const options = { format: "tasks", maxRecordBytes: 1_000 } as const;
    await expect(readAll(long, options, sizes)).rejects.toThrow("within maxRecordBytes (1000)");
  });
});
