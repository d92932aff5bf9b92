import { describe, expect, it } from "vitest";
import { permitsService, policyDocument } from "./permission.ts";

const CALLER = {
  servicePrincipal: "s3.amazonaws.com",
  sourceArn: "arn:aws:s3:::in-bucket",
  sourceAccount: "123456789012",
};
const ALLOW = { statementId: "s3", principal: "s3.amazonaws.com" };

describe("permitsService", () => {
  it.each([
    ["its principal", {}, true],
    ["another principal", { principal: "sns.amazonaws.com" }, false],
    ["its source", { sourceArn: "arn:aws:s3:::in-bucket" }, true],
    ["a source by wildcard", { sourceArn: "arn:aws:s3:::in-*" }, true],
    ["another source", { sourceArn: "arn:aws:s3:::in" }, false],
    ["its account", { sourceAccount: "123456789012" }, true],
    ["another account", { sourceAccount: "210987654321" }, false],
    ["another action", { action: "lambda:GetFunction" }, false],
  ])("a permission for %s", (_, change, isAllowed) => {
    expect(permitsService([{ ...ALLOW, ...change }], CALLER)).toBe(isAllowed);
  });

  it("nothing is permitted without a permission", () => {
    expect(permitsService([], CALLER)).toBe(false);
  });
});

describe("policyDocument", () => {
  it("is the policy that AddPermission would have made", () => {
    const arn = "arn:aws:lambda:eu-central-1:123456789012:function:walk";
    const permission = { ...ALLOW, sourceArn: CALLER.sourceArn, sourceAccount: CALLER.sourceAccount };
    expect(JSON.parse(policyDocument(arn, [permission]))).toEqual({
      Version: "2012-10-17",
      Id: "default",
      Statement: [
        {
          Sid: "s3",
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "lambda:InvokeFunction",
          Resource: arn,
          Condition: {
            StringEquals: { "AWS:SourceAccount": "123456789012" },
            ArnLike: { "AWS:SourceArn": "arn:aws:s3:::in-bucket" },
          },
        },
      ],
    });
  });
});
