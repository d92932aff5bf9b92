import { describe, expect, it } from "vitest";
import { ConfigError } from "./errors.ts";
import { settingsError } from "./settings-error.ts";

const setting = "The environment variable DEPTH";
const rule = "must be a whole number above 0";

describe("settings that cannot be used are told by name, with the value, the rule and what to do", () => {
  it.each([
    [{ value: "deep", fallback: 2 }, `${setting} ${rule}, not "deep". Correct it, or leave it out for 2.`],
    [{ value: 0, fallback: "learned" }, `${setting} ${rule}, not 0. Correct it, or leave it out for learned.`],
    [{ value: "{", fallback: {} }, `${setting} ${rule}, not "{". Correct it, or leave it out for {}.`],
    [{ value: "deep" }, `${setting} ${rule}, not "deep". Correct it.`],
    [{ value: undefined }, `${setting} is not set: it ${rule}.`],
    [{ value: "" }, `${setting} ${rule}, not "". Correct it.`],
    [{ value: Symbol("deep") }, `${setting} ${rule}, not Symbol(deep). Correct it.`],
  ])("%j", (issue, message) => {
    const error = settingsError([{ setting, rule, ...issue }]);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toBe(message);
  });

  it("all at once", () => {
    const issues = ["QUEUES[0].depth is no setting of a queue. Take it out.", { setting, rule, value: undefined }];
    expect(settingsError(issues).message).toBe(`${issues[0]} ${setting} is not set: it ${rule}.`);
  });

  it("a long value in part", () => {
    expect(settingsError([{ setting, rule, value: "x".repeat(10_000) }]).message.length).toBeLessThan(250);
  });
});
