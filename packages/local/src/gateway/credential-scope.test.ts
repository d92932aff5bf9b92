import { describe, expect, it } from "vitest";
import { credentialScopeOf } from "./credential-scope.ts";

const scope = { accessKeyId: "AKIA", region: "eu-west-1", service: "sqs" };

describe("a request says by its signature which service it is for", () => {
  it("in the Authorization header", () => {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=AKIA/20261121/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0";
    expect(credentialScopeOf({ headers: { authorization }, url: "/" })).toEqual(scope);
  });

  it("in the query of a presigned URL", () => {
    const url =
      "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20261121%2Feu-west-1%2Fsqs%2Faws4_request";
    expect(credentialScopeOf({ headers: {}, url })).toEqual(scope);
  });

  it.each([
    ["no signature", {}, "/bucket/key"],
    ["a bearer token", { authorization: "Bearer x" }, "/"],
    ["a broken scope", { authorization: "AWS4-HMAC-SHA256 Credential=AKIA/sqs, Signature=0" }, "/"],
  ])("or not at all: %s", (_, headers, url) => expect(credentialScopeOf({ headers, url })).toBeUndefined());
});
