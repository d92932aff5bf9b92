import { ConfigError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { settingsFrom } from "./settings.ts";

const required = { OUTPUT_BUCKET: "results" };

describe("settings come from the environment, where everything is text", () => {
  it("with a default for all but the output bucket", () => {
    expect(settingsFrom(required)).toEqual({
      output: { bucket: "results", prefix: "walks/" },
      defaults: { bucket: undefined, mode: "parallel", action: "report", depth: 2, filter: {} },
      maxPrefixes: 500,
      pageKeys: 1_000,
      listConcurrency: 64,
      maxParts: 8,
      actionConcurrency: 32,
      actionTries: 4,
      checkpointEveryMs: 5_000,
      reserveMs: "learned",
      runTable: undefined,
      walkTable: undefined,
    });
  });

  it("and become numbers where numbers are meant", () => {
    const { listConcurrency, reserveMs } = settingsFrom({ ...required, LIST_CONCURRENCY: "5", RESERVE_MS: "10000" });
    expect(listConcurrency + listConcurrency).toBe(10);
    expect(reserveMs).toBe(10_000);
  });

  it("and a filter where JSON is", () => {
    const { defaults } = settingsFrom({ ...required, FILTER: '{"suffix":".log","minAgeDays":30}' });
    expect(defaults.filter).toEqual({ suffix: ".log", minAgeDays: 30 });
  });

  it.each([
    [{ FILTER: "{" }, "FILTER must be a filter as JSON"],
    [{ FILTER: '{"sufix":".log"}' }, "filter.sufix is not known"],
    [{ OUTPUT_BUCKET: "" }, "OUTPUT_BUCKET"],
    [{ OUTPUT_PREFIX: "out" }, "OUTPUT_PREFIX must end in a slash"],
    [{ MODE: "fast" }, 'MODE must be parallel or serial, not "fast"'],
    [{ ACTION: "move" }, "ACTION must be report or each or copy or delete"],
    [{ DEPTH: "deep" }, "DEPTH"],
    [{ PAGE_KEYS: "1001" }, "PAGE_KEYS must be at most 1000"],
    [{ MAX_PARTS: "0" }, "MAX_PARTS"],
    [{ LIST_CONCURRENCY: "1.5" }, "LIST_CONCURRENCY"],
  ])("or are refused by name: %j", (environment, message) => {
    const make = () => settingsFrom({ ...required, ...environment });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });
});
