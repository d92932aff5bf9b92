import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../usage-error.ts";
import type { App } from "./app.ts";
import { jobInput } from "./job-input.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-job-"));
  await writeFile(join(directory, "sample.ndjson"), "{}\n");
  await writeFile(join(directory, "event.json"), '{"n":2}');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const nothing = { input: undefined, event: undefined, maxFileBytes: undefined };

function inputOf(
  config: Partial<App["config"]>,
  given: Partial<Parameters<typeof jobInput>[1]> = {},
  canStart = false,
) {
  const can = { startEvent: canStart, verify: false, results: false };
  const app = { directory, config: { name: "a", functionOutput: "F", ...config }, program: { can } };
  return jobInput(app as App, { ...nothing, ...given });
}

describe("what a job begins with", () => {
  it("is the input that is given, else the app's sample", async () => {
    const taking = { inputBucketOutput: "B", inputPrefix: "in/", sample: "sample.ndjson" };
    expect((await inputOf(taking)).input?.key).toBe("in/sample.ndjson");
    expect((await inputOf(taking, { input: join(directory, "event.json") })).input?.key).toBe("in/event.json");
    await expect(inputOf({ inputBucketOutput: "B" })).rejects.toThrow("Which file? Give --input FILE.");
  });

  it.each([
    ["JSON", ' {"n":1}', { n: 1 }],
    ["the path of a file", "event.json", { n: 2 }],
  ])("may be an event: %s", async (_, given, event) => {
    const path = given.endsWith(".json") ? join(directory, given) : given;
    expect(await inputOf({}, { event: path })).toEqual({ input: undefined, event });
    expect((await inputOf({ inputBucketOutput: "B" }, { event: path })).event).toEqual(event);
  });

  it.each([
    ["{n:1}", "--event is not JSON"],
    ["[1]", "--event must be a JSON object, not [1]."],
    ["absent.json", "there is no file absent.json"],
  ])("is refused as an event: %s", async (event, message) => {
    await expect(inputOf({}, { event })).rejects.toThrow(UsageError);
    await expect(inputOf({}, { event })).rejects.toThrow(message);
  });

  it("is the app's own event where it takes no input", async () => {
    expect(await inputOf({}, {}, true)).toEqual({ input: undefined, event: undefined });
    await expect(inputOf({})).rejects.toThrow("a takes no input, and nothing starts it. Give --event");
    await expect(inputOf({}, { input: "x" }, true)).rejects.toThrow("a takes no input.");
  });
});
