import { describe, expect, it } from "vitest";
import { startRequestOf } from "./start-stop.ts";

const urls = ["https://sqs/a", "https://sqs/b"];

describe("start and stop are asked for by an event", () => {
  it.each<[unknown, object]>([
    [{}, { queueUrl: undefined, loops: undefined }],
    [null, { queueUrl: undefined, loops: undefined }],
    [{ queueUrl: "https://sqs/b" }, { queueUrl: "https://sqs/b", loops: undefined }],
    [
      { queueUrl: "https://sqs/a", loops: 4 },
      { queueUrl: "https://sqs/a", loops: 4 },
    ],
  ])("%j", (event, request) => {
    expect(startRequestOf(event, urls)).toEqual(request);
  });

  it.each([
    [{ queueUrl: "https://sqs/c" }, "queueUrl names no queue"],
    [{ loops: 0 }, "loops must be a whole number above 0, not 0"],
    [{ loops: "4" }, 'loops must be a whole number above 0, not "4"'],
  ])("%j is refused", (event, message) => {
    expect(() => startRequestOf(event, urls)).toThrow(
      expect.objectContaining({ code: "START_REQUEST", message: expect.stringContaining(message) }),
    );
  });
});
