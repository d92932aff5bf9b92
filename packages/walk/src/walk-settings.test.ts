import { ConfigError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { walkSettings } from "./walk-settings.ts";

const required = { OUTPUT_BUCKET: "results" };

describe("settings come from the environment, where everything is text", () => {
  it("with a default for all but the output bucket", () => {
    expect(walkSettings(required)).toEqual({
      output: { bucket: "results", prefix: "walks/" },
      bucket: undefined,
      mode: "parallel",
      action: "report",
      filter: {},
      depth: 2,
      maxPrefixes: 500,
      pageKeys: 1_000,
      listConcurrency: 64,
      maxParts: 8,
      actionConcurrency: 32,
      actionTries: 4,
      objectTimeoutMs: 60_000,
      checkpointEveryMs: 5_000,
      reserveMs: "learned",
    });
  });

  it("and become numbers where numbers are meant", () => {
    const { listConcurrency, reserveMs } = walkSettings({ ...required, LIST_CONCURRENCY: "5", RESERVE_MS: "10000" });
    expect(listConcurrency + listConcurrency).toBe(10);
    expect(reserveMs).toBe(10_000);
  });

  it("and one that is empty counts as not set, but for the prefix, which may be empty", () => {
    const { output, maxParts } = walkSettings({ ...required, OUTPUT_PREFIX: "", MAX_PARTS: "" });
    expect([output.prefix, maxParts]).toEqual(["", 8]);
  });

  it("and a filter where JSON is", () => {
    const { filter } = walkSettings({ ...required, FILTER: '{"suffix":".log","minAgeDays":30}' });
    expect(filter).toEqual({ suffix: ".log", minAgeDays: 30 });
  });

  it.each([
    [{ FILTER: "{" }, "FILTER must be a filter as JSON"],
    [{ FILTER: '{"sufix":".log"}' }, "filter.sufix is not known"],
    [{ OUTPUT_BUCKET: "" }, "OUTPUT_BUCKET is not set: it must be the name of the bucket for results."],
    [{ OUTPUT_PREFIX: "out" }, 'OUTPUT_PREFIX must end in a slash, not "out". Correct it, or leave it out for walks/.'],
    [{ MODE: "fast" }, 'MODE must be parallel or serial, not "fast"'],
    [{ DEPTH: "deep" }, 'DEPTH must be a whole number above 0, not "deep". Correct it, or leave it out for 2.'],
    [{ PAGE_KEYS: "1001" }, 'PAGE_KEYS must be a whole number from 1 to 1000, not "1001"'],
    [{ MAX_PARTS: "0" }, "MAX_PARTS"],
    [{ LIST_CONCURRENCY: "1.5" }, "LIST_CONCURRENCY"],
    [{ MAX_PARTS: "0", DEPTH: "-1" }, /MAX_PARTS must .* DEPTH must|DEPTH must .* MAX_PARTS must/],
  ])("or are refused by name: %j", (environment, message) => {
    const make = () => walkSettings({ ...required, ...environment });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
