import { describe, expect, it } from "vitest";
import { exited, type InvocationOutcome, timedOut } from "./invocation-outcome.ts";
import { deadLetter, invocationRecord, type RecordedEvent } from "./invocation-record.ts";

const EVENT: RecordedEvent = {
  requestId: "e4b46cbf-b738-4c9c-8880-a18cdf61200e",
  functionArn: "arn:aws:lambda:us-east-2:123456789012:function:my-function:$LATEST",
  payload: '{"ORDER_IDS":["9e07af03"]}',
  invokeCount: 3,
  lastRun: undefined,
};
const run = (outcome: InvocationOutcome) => ({
  outcome,
  executedVersion: "$LATEST",
  logTail: undefined,
});

describe("an invocation record", () => {
  it("has the form AWS documents", () => {
    const lastRun = run(exited(EVENT.requestId, 1, null));
    expect(JSON.parse(invocationRecord({ ...EVENT, lastRun }, "RetriesExhausted", 1_573_755_365_568))).toEqual({
      version: "1.0",
      timestamp: "2019-11-14T18:16:05.568Z",
      requestContext: {
        requestId: EVENT.requestId,
        functionArn: EVENT.functionArn,
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: { ORDER_IDS: ["9e07af03"] },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: {
        errorType: "Runtime.ExitError",
        errorMessage: `RequestId: ${EVENT.requestId} Error: Runtime exited with error: exit status 1`,
      },
    });
  });

  it("of a success has no error", () => {
    const lastRun = run({ status: "ok", payload: '{"done":true}' });
    expect(JSON.parse(invocationRecord({ ...EVENT, lastRun }, "Success", 0))).toMatchObject({
      requestContext: { condition: "Success" },
      responseContext: { statusCode: 200, executedVersion: "$LATEST" },
      responsePayload: { done: true },
    });
  });

  it("of an event that never ran tells of no response", () => {
    const record = JSON.parse(invocationRecord({ ...EVENT, invokeCount: 0 }, "EventAgeExceeded", 0));
    expect(record).not.toHaveProperty("responseContext");
    expect(record).not.toHaveProperty("responsePayload");
  });
});

describe("a dead letter", () => {
  it("carries request id and error in its attributes", () => {
    const lastRun = run(timedOut(EVENT.requestId, 3000));
    expect(deadLetter("arn:dead", { ...EVENT, lastRun })).toEqual({
      arn: "arn:dead",
      messageAttributes: {
        RequestID: { DataType: "String", StringValue: EVENT.requestId },
        ErrorCode: { DataType: "Number", StringValue: "200" },
        ErrorMessage: {
          DataType: "String",
          StringValue: `RequestId: ${EVENT.requestId} Error: Task timed out after 3.00 seconds`,
        },
      },
    });
  });

  it("cuts the message at 1 KB", () => {
    const lastRun = run({ status: "error", payload: JSON.stringify({ errorMessage: "x".repeat(5000) }) });
    const { messageAttributes } = deadLetter("arn:dead", { ...EVENT, lastRun });
    expect(messageAttributes.ErrorMessage.StringValue).toHaveLength(1024);
  });

  it.each(["null", "not json", '"text"', "{}"])("is made of any error payload, even %s", (payload) => {
    const lastRun = run({ status: "error", payload });
    expect(deadLetter("arn:dead", { ...EVENT, lastRun }).messageAttributes.ErrorMessage.StringValue).not.toBe("");
  });
});
