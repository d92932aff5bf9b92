import { ConfigError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { queueSettings, recordsSettings } from "./settings.ts";

const needed = { QUEUE_URL: "q", DEAD_LETTER_URL: "d" };
const settingsOf = (env: Readonly<Record<string, string>>) => ({ ...recordsSettings(env), ...queueSettings(env) });

describe("[S3.2] settings come from the environment, as text", () => {
  it("batches are of 400 records unless it says otherwise", () => {
    expect(settingsOf(needed)).toMatchObject({
      ...{ batchSize: 400, onInvalid: "fail", continueBy: "sqs", reserveMs: "learned" },
      ...{ firstLookSeconds: 30, lastLookSeconds: 39_600, maxLooks: 30, maxAttempts: 10 },
      maxRecordsPerSecond: Number.POSITIVE_INFINITY,
    });
    const read = { FORMAT: "csv", CSV_DELIMITER: "semicolon", NUMBERS: "text" };
    expect(settingsOf({ ...needed, ...read })).toMatchObject({ format: "csv", csvDelimiter: ";", numbers: "text" });
    expect(settingsOf({ ...needed, BATCH_SIZE: "5", ON_INVALID: "skip", RESERVE_MS: "900" })).toMatchObject({
      batchSize: 5,
      onInvalid: "skip",
      reserveMs: 900,
    });
  });

  it.each(Object.keys(needed))("%s is needed", (name) => {
    expect(() => settingsOf({ ...needed, [name]: "" })).toThrow(ConfigError);
  });

  it.each([
    ["BATCH_SIZE", "0"],
    ["FIRST_LOOK_SECONDS", "soon"],
    ["LAST_LOOK_SECONDS", "43200"],
    ["MAX_LOOKS", "40"],
    ["MAX_ATTEMPTS", "1.5"],
    ["TMP_MAX_BYTES", "-1"],
    ["ON_INVALID", "ignore"],
    ["FORMAT", "parquet"],
    ["RECORD_TIMEOUT_MS", "0"],
    ["STALL_TIMEOUT_MS", "never"],
    ["CSV_DELIMITER", "semi"],
    ["NUMBERS", "exact"],
    ["CONTINUE_BY", "sns"],
  ])("%s cannot be %s", (name, value) => {
    expect(() => settingsOf({ ...needed, [name]: value })).toThrow(name);
  });
});
