import { ConfigError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { settingsFrom } from "./settings.ts";

const required = { OUTPUT_BUCKET: "results" };

describe("settings come from the environment, where everything is text", () => {
  it("with a default for all but the output bucket", () => {
    expect(settingsFrom(required)).toEqual({
      outputBucket: "results",
      outputPrefix: "out/",
      sourcePrefix: "in/",
      batchSize: 500,
      onChanged: "fail",
      onBrokenRecord: "fail",
      maxRecordBytes: 16_777_216,
      tmpMaxBytes: 419_430_400,
      partBytes: 5_242_880,
      maxBytesPerSecond: Number.POSITIVE_INFINITY,
      checkpointEveryMs: 5_000,
      maxDurationMs: 604_800_000,
      reserveMs: "learned",
      runTable: undefined,
    });
  });

  it("and become numbers where numbers are meant", () => {
    const { batchSize, reserveMs } = settingsFrom({ ...required, BATCH_SIZE: "5", RESERVE_MS: "10000" });
    expect(batchSize + batchSize).toBe(10);
    expect(reserveMs).toBe(10_000);
  });

  it.each([
    [{ OUTPUT_BUCKET: "" }, "OUTPUT_BUCKET"],
    [{ OUTPUT_PREFIX: "out" }, "OUTPUT_PREFIX"],
    [{ BATCH_SIZE: "0" }, "BATCH_SIZE"],
    [{ BATCH_SIZE: "ten" }, 'BATCH_SIZE must be a whole number above 0, not "ten"'],
    [{ MAX_RECORD_BYTES: "1.5" }, "MAX_RECORD_BYTES"],
    [{ TMP_MAX_BYTES: "-1" }, "TMP_MAX_BYTES"],
    [{ ON_CHANGED: "ignore" }, 'ON_CHANGED must be fail or restart, not "ignore"'],
    [{ ON_BROKEN_RECORD: "Skip" }, "ON_BROKEN_RECORD must be fail or skip"],
  ])("or are refused by name: %j", (environment, message) => {
    const make = () => settingsFrom({ ...required, ...environment });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
