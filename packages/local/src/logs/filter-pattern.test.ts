import { describe, expect, it } from "vitest";
import { filterPattern } from "./filter-pattern.ts";

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
describe("a filter pattern of terms", () => {
  it.each([
    ["", "anything", true],
    ["ERROR", "[ERROR 400] BAD REQUEST", true],
    ["ERROR", "[error 400] bad request", false],
    ["ERROR", "[ERRORS 400]", false],
    ["ERROR REQUEST", "[ERROR 400] BAD REQUEST", true],
    ["ERROR REQUEST", "[ERROR 401] UNAUTHORIZED", false],
    ["?ERROR ?WARN", "[WARN] slow", true],
    ["?ERROR ?WARN", "[INFO] fine", false],
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html
    ["?ERROR REQUEST", "GOOD REQUEST", true],
    ["ERROR -EXIT", "[ERROR 1] EXIT", false],
    ["ERROR -EXIT", "[ERROR 1] ENTER", true],
    ['"INTERNAL SERVER ERROR"', "500 INTERNAL SERVER ERROR", true],
    ['"INTERNAL SERVER ERROR"', "500 INTERNAL ERROR SERVER", false],
    ['"load/a.csv"', '{"run":"load/a.csv/1"}', true],
    ['"a\\\\\\\\b"', String.raw`{"run":"a\\b"}`, true],
    ['-"a b"', "a b", false],
  ])("%s finds, in %s: %s", (pattern, message, isFound) => {
    expect(filterPattern(pattern)(message)).toBe(isFound);
  });

  it.each([
    ["{ $.level = 1 }", /not of JSON/],
    ["[ip, user]", /not of JSON/],
    ["%ERR.*%", /regular expressions/],
    ["a/b", /Invalid character\(s\) in term 'a\/b'/],
    ['"open', /Invalid character\(s\) in term '"open'/],
  ])("refuses %s", (pattern, message) => {
    expect(() => filterPattern(pattern)).toThrow(message);
  });
});
