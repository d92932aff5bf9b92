import { describe, expect, it } from "vitest";
import { failedEventOf } from "./failed-event.ts";

const functionArn = "arn:aws:lambda:eu-central-1:000000000000:function:charge";

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
const record = {
  version: "1.0",
  timestamp: "2026-11-30T00:00:00.000Z",
  requestContext: {
    requestId: "r-1",
    functionArn: `${functionArn}:$LATEST`,
    condition: "RetriesExhausted",
    approximateInvokeCount: 3,
  },
  requestPayload: { month: "2026-11" },
  responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
  responsePayload: { errorType: "TypeError", errorMessage: "no" },
};

describe("a message of a queue of failures", () => {
  it("is the record of an invocation, with its event, function, request and error", () => {
    expect(failedEventOf(JSON.stringify(record))).toEqual({
      ...{ event: { month: "2026-11" }, functionArn, requestId: "r-1", reason: "TypeError: no" },
    });
  });

  it("whose function is named with its alias", () => {
    const requestContext = { ...record.requestContext, functionArn: `${functionArn}:live` };
    expect(failedEventOf(JSON.stringify({ ...record, requestContext })).functionArn).toBe(`${functionArn}:live`);
  });

  it("or that of one that gave no answer, with the reason why Lambda gave it up", () => {
    const { responsePayload: _, ...silent } = record;
    expect(failedEventOf(JSON.stringify(silent)).reason).toBe("RetriesExhausted");
  });

  it.each([{ month: "2026-11" }, { requestContext: { http: {} }, requestPayload: {} }, { requestContext: 1 }])(
    "or the event alone: %j",
    (event) => {
      expect(failedEventOf(JSON.stringify(event))).toEqual({ event });
    },
  );

  it.each(["", "no JSON", "null", "[]", "1", JSON.stringify({ ...record, requestPayload: [1] })])(
    "and anything else is refused: %j",
    (body) => {
      expect(() => failedEventOf(body)).toThrow(expect.objectContaining({ code: "EVENT" }));
    },
  );
});
