import { describe, expect, it } from "vitest";
import { pinnedTarget, unqualifiedArn } from "./target.ts";

const arn = "arn:aws:lambda:eu-central-1:123456789012:function:work";

describe("a pinned run is invoked by its version, whatever it was invoked by before", () => {
  it.each([arn, `${arn}:live`, `${arn}:7`, `${arn}:$LATEST`])("%s", (invoked) => {
    expect(pinnedTarget(invoked, "12")).toBe(`${arn}:12`);
    expect(unqualifiedArn(invoked)).toBe(arn);
  });

  it("in any partition", () => {
    expect(pinnedTarget("arn:aws-cn:lambda:cn-north-1:1:function:work:live", "3")).toBe(
      "arn:aws-cn:lambda:cn-north-1:1:function:work:3",
    );
  });

  it("but not by $LATEST, which is whatever was deployed last", () => {
    expect(() => pinnedTarget(arn, "$LATEST")).toThrow(/needs a published version/);
  });
});
