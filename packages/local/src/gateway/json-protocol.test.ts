import { describe, expect, it } from "vitest";
import { operationNameOf, operationOf } from "./json-protocol.ts";

const asking = (target?: string) => ({ headers: target === undefined ? {} : { "x-amz-target": target } });
const find = (target?: string) =>
  operationOf(asking(target), "SQS", { SendMessage: { run: "send" } }, (message) => new Error(message));

describe("a request of the JSON protocol names its operation in X-Amz-Target", () => {
  it("after the service's prefix", () => {
    expect(operationNameOf(asking("AmazonSQS.SendMessage"))).toBe("SendMessage");
    expect(operationNameOf(asking("SendMessage"))).toBe("SendMessage");
    expect(operationNameOf(asking())).toBeUndefined();
    expect(find("AmazonSQS.SendMessage")).toEqual({ name: "SendMessage", run: "send" });
  });

  it.each([
    ["an operation that is not served", "AmazonSQS.Fly", "The embedded SQS does not serve Fly."],
    ["a name that never ends", `AmazonSQS.${"x".repeat(999)}`, `The embedded SQS does not serve ${"x".repeat(80)}.`],
    ["what every object has", "AmazonSQS.constructor", "The embedded SQS does not serve constructor."],
    [
      "the query protocol",
      undefined,
      "The embedded SQS speaks the JSON protocol (X-Amz-Target); the query protocol of older SDKs is not served.",
    ],
  ])("and is refused otherwise: %s", (_, target, message) => {
    expect(() => find(target)).toThrow(new Error(message));
  });
});
