import { ConfigError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { transformSettings } from "./settings.ts";

const required = { OUTPUT_BUCKET: "results" };

describe("settings come from the environment, where everything is text", () => {
  it("with a default for all but the output bucket", () => {
    expect(transformSettings(required)).toEqual({
      outputBucket: "results",
      outputPrefix: "out/",
      sourcePrefix: "in/",
      batchSize: 500,
      onChanged: "fail",
      onBrokenRecord: "fail",
      onKillingRecord: "skip",
      format: undefined,
      csvDelimiter: undefined,
      numbers: "refuse",
      recordTimeoutMs: 60_000,
      maxRecordBytes: 16_777_216,
      tmpMaxBytes: 419_430_400,
      partBytes: 5_242_880,
      maxBytesPerSecond: Number.POSITIVE_INFINITY,
      checkpointEveryMs: 5_000,
      maxDurationMs: 604_800_000,
      reserveMs: "learned",
    });
  });

  it("and become numbers where numbers are meant", () => {
    const { batchSize, reserveMs } = transformSettings({ ...required, BATCH_SIZE: "5", RESERVE_MS: "10000" });
    expect(batchSize + batchSize).toBe(10);
    expect(reserveMs).toBe(10_000);
  });

  it("an empty one is one that is not set, unless it may be empty", () => {
    const settings = transformSettings({
      ...required,
      BATCH_SIZE: "",
      FORMAT: "",
      OUTPUT_PREFIX: "",
      SOURCE_PREFIX: "",
    });
    expect(settings).toMatchObject({ batchSize: 500, format: undefined, outputPrefix: "", sourcePrefix: "" });
  });

  it.each([
    ["semicolon", ";"],
    ["tab", "\t"],
    ["comma", ","],
    ["|", "|"],
    ["", undefined],
  ])("a delimiter may be named or given: %j", (text, csvDelimiter) => {
    expect(transformSettings({ ...required, CSV_DELIMITER: text }).csvDelimiter).toBe(csvDelimiter);
  });

  it.each([
    [{ OUTPUT_BUCKET: "" }, "OUTPUT_BUCKET is not set: it must be the name of the bucket for results."],
    [{ OUTPUT_PREFIX: "out" }, "OUTPUT_PREFIX"],
    [{ BATCH_SIZE: "0" }, "BATCH_SIZE"],
    [
      { BATCH_SIZE: "ten" },
      'BATCH_SIZE must be a whole number above 0, not "ten". Correct it, or leave it out for 500.',
    ],
    [{ MAX_RECORD_BYTES: "1.5" }, "MAX_RECORD_BYTES"],
    [{ TMP_MAX_BYTES: "-1" }, "TMP_MAX_BYTES"],
    [{ FORMAT: "json" }, 'FORMAT must be csv or lines or ndjson or tasks, not "json"'],
    [{ CSV_DELIMITER: ";;" }, "CSV_DELIMITER must be comma, semicolon, tab, pipe or one ASCII character"],
    [{ CSV_DELIMITER: '"' }, "CSV_DELIMITER"],
    [{ NUMBERS: "bigint" }, "NUMBERS must be refuse or text or nearest"],
    [{ ON_CHANGED: "ignore" }, 'ON_CHANGED must be fail or restart, not "ignore"'],
    [{ ON_BROKEN_RECORD: "Skip" }, "ON_BROKEN_RECORD must be fail or skip"],
  ])("or are refused by name: %j", (environment, message) => {
    const make = () => transformSettings({ ...required, ...environment });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
