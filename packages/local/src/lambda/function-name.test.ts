import { describe, expect, it } from "vitest";
import { parseFunctionName } from "./function-name.ts";

const ARN = "arn:aws:lambda:us-west-2:123456789012:function:my-function";

describe("parseFunctionName", () => {
  it.each([
    ["my-function", undefined],
    ["my-function:v1", "v1"],
    ["my-function:$LATEST", "$LATEST"],
    ["123456789012:function:my-function", undefined],
    ["123456789012:function:my-function:7", "7"],
    [ARN, undefined],
    [`${ARN}:live`, "live"],
    ["arn:aws-cn:lambda:cn-north-1:123456789012:function:my-function", undefined],
  ])("reads %s", (text, qualifier) => {
    expect(parseFunctionName(text)).toEqual({ name: "my-function", qualifier });
  });

  it("takes the qualifier from beside the name, or from both if they agree", () => {
    expect(parseFunctionName(ARN, "live")).toEqual({ name: "my-function", qualifier: "live" });
    expect(parseFunctionName(`${ARN}:live`, "live")).toEqual({ name: "my-function", qualifier: "live" });
  });

  it.each(["", "a b", "a".repeat(65), `${ARN}:live:1`, "arn:aws:s3:::bucket", "../etc", "my-function:"])(
    "refuses %j",
    (text) => {
      expect(() => parseFunctionName(text)).toThrow(
        expect.objectContaining({ code: "InvalidParameterValueException" }),
      );
    },
  );

  it("refuses two qualifiers that differ", () => {
    expect(() => parseFunctionName("my-function:1", "2")).toThrow(/does not match/);
  });
});
