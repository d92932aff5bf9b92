import { LonghaulError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { chunkings, readAll, readUntilError } from "../../test/samples.ts";
import { BrokenDocumentError, EmptyObjectError, TasksMissingError } from "./errors.ts";

describe.each(chunkings)("tasks-JSON, %s", (_how, sizes) => {
  const reading = (content: string) => readAll(content, { format: "tasks" }, sizes);

  it.each(["", " \n", "\ufeff"])("is empty: %j", async (content) => {
    await expect(reading(content)).rejects.toThrow(EmptyObjectError);
  });

  it.each(['{"a":1}', "{}", '{"tasks":{}}', '{"tasks":null}', '{"a":{"tasks":[1]}}', '{"tasks":[1],"tasks":[2]}'])(
    "has no tasks to read: %s",
    async (content) => {
      await expect(reading(content)).rejects.toThrow(TasksMissingError);
    },
  );

  it.each([
    "1",
    "nonsense",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    '["a" "b"]',
    "[1]]",
    "[1]x",
    "[1}",
    "[{}}]",
    '{"tasks":[1]',
    '{"tasks":[1]}}',
    '{"tasks":[1]}[]',
    '{"tasks":[1],}',
    '{"tasks":[1] "a":1}',
    '{"a":,"tasks":[1]}',
    '{"a":[},"tasks":[1]}',
    '{"a" 1,"tasks":[1]}',
    "{tasks:[1]}",
    '{"tasks"::[1]}',
    '{"a":1',
    '{"ta',
  ])("is broken around its elements: %s", async (content) => {
    await expect(reading(content)).rejects.toThrow(LonghaulError);
    await expect(reading(content)).rejects.toThrow(
      expect.toSatisfy((error) => error instanceof BrokenDocumentError || error instanceof TasksMissingError),
    );
  });

  it("gives the elements before the place where it is broken", async () => {
    const { values, end, error } = await readUntilError('{"tasks":[1,2 3]}', { format: "tasks" }, sizes);
    expect(values).toEqual([1, 2]);
    expect(end).toEqual({ record: 2, byte: 13, inside: "object" });
    expect(error).toMatchObject({ code: "BROKEN_DOCUMENT", byte: 14 });
  });

  it("has a broken element", async () => {
    const { values, batches } = await readAll(
      '[{"a":1},{a:2},nope,"\\x",3]',
      { format: "tasks", onBrokenRecord: "skip" },
      sizes,
    );
    expect(values).toEqual([{ a: 1 }, 3]);
    expect(batches[0]?.rejected).toMatchObject([{ record: 1 }, { record: 2 }, { record: 3 }]);
  });

  it("holds no more of what stands before or after tasks than of a record", async () => {
    const options = { format: "tasks", maxRecordBytes: 100 } as const;
    const long = JSON.stringify("x".repeat(300));
    await expect(readAll(`{"a":${long},"tasks":[]}`, options, sizes)).rejects.toThrow(/within maxRecordBytes/);
    await expect(readAll(`{"tasks":[],"a":${long}}`, options, sizes)).rejects.toThrow(/more than maxRecordBytes/);
  });
});
