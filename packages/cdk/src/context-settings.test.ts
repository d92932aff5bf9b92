import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { ContextSettings } from "./context-settings.ts";

const context = (values: Readonly<Record<string, unknown>>) => new ContextSettings((name) => values[name]);

/** Each way to read a setting called `it`. */
const read = {
  number: (value: unknown) => context({ it: value }).number("it"),
  seconds: (value: unknown) => context({ it: value }).number("it", Duration.seconds),
  numbers: (value: unknown) => context({ it: value }).numbers("it"),
  names: (value: unknown) => context({ it: value }).names("it"),
  oneOf: (value: unknown) => context({ it: value }).oneOf("it", ["keep", "drop"]),
  someOf: (value: unknown) => context({ it: value }).someOf("it", ["keep", "drop", "copy"]),
  removalPolicy: (value: unknown) => context({ it: value }).removalPolicy("it"),
};
type Way = keyof typeof read;

describe("a setting from CDK context", () => {
  it.each<[Way, unknown, unknown]>([
    ["number", "6", 6],
    ["number", 6, 6],
    ["number", " 6 ", 6],
    ["seconds", "6", Duration.seconds(6)],
    ["numbers", "10,40", [10, 40]],
    ["numbers", [10, "40"], [10, 40]],
    ["numbers", 10, [10]],
    ["names", "a, b", ["a", "b"]],
    ["names", [" a", "b"], ["a", "b"]],
    ["names", "a", ["a"]],
    ["oneOf", "drop", "drop"],
    ["someOf", "copy,keep", ["copy", "keep"]],
    ["someOf", ["drop"], ["drop"]],
    ["removalPolicy", "keep", RemovalPolicy.RETAIN],
    ["removalPolicy", "delete", RemovalPolicy.DESTROY],
  ])("read by %s, is text or JSON: %j", (way, value, expected) => {
    expect(read[way](value)).toEqual(expected);
  });

  it.each(Object.keys(read) as Way[])("read by %s, is undefined where nothing is set", (way) => {
    expect(read[way](undefined)).toBeUndefined();
  });

  it.each<[Way, unknown, string]>([
    ["number", "soon", 'must be a whole number above 0; it is "soon".'],
    ["number", "0", 'must be a whole number above 0; it is "0".'],
    ["number", "", 'must be a whole number above 0; it is "".'],
    ["number", 1.5, "must be a whole number above 0; it is 1.5."],
    ["number", null, "must be a whole number above 0; it is null."],
    ["number", [6], "must be a whole number above 0; it is [6]."],
    ["seconds", -1, "must be a whole number above 0; it is -1."],
    ["numbers", "10,", 'must be a whole number above 0; it is "".'],
    ["numbers", [10, "x"], 'must be a whole number above 0; it is "x".'],
    ["names", "", 'must be names with commas in between; it is "".'],
    ["names", "a,,b", 'must be names with commas in between; it is "a,,b".'],
    ["names", [], "must be names with commas in between; it is []."],
    ["names", ["a", 1], 'must be names with commas in between; it is ["a",1].'],
    ["oneOf", "copy", 'must be keep or drop; it is "copy".'],
    ["oneOf", true, "must be keep or drop; it is true."],
    ["someOf", "keep,move", 'must be keep or drop or copy; it is "move".'],
    ["someOf", "", 'must be names with commas in between; it is "".'],
    ["removalPolicy", true, "must be keep or delete; it is true."],
  ])("read by %s, cannot be %j", (way, value, fault) => {
    expect(() => read[way](value)).toThrow(
      expect.objectContaining({
        name: "SettingError",
        code: "SETTING",
        setting: "it",
        message: `The setting it ${fault} Pass it as: cdk deploy -c it=VALUE`,
      }),
    );
  });
});

describe("the props that are given", () => {
  it("are those that are set, so that the defaults of others hold", () => {
    const given = ContextSettings.given({ depth: 3, mode: undefined, deep: false, name: "", none: null });
    expect({ mode: "parallel", ...given }).toStrictEqual({
      ...{ mode: "parallel", depth: 3, deep: false, name: "", none: null },
    });
  });
});
