import { ProvisionedThroughputExceededException } from "@aws-sdk/client-dynamodb";
import { ResourceConflictException, TooManyRequestsException } from "@aws-sdk/client-lambda";
import { NoSuchKey, S3ServiceException } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { ConfigError, FailRunError, RunStoreError } from "../errors.ts";
import { CallTimeoutError } from "./call-errors.ts";
import { retryable } from "./retryable.ts";

const answer = (name: string, httpStatusCode: number) =>
  new S3ServiceException({ name, $fault: "client", $metadata: { httpStatusCode }, message: name });

const broken = (code: string) => Object.assign(new Error("broken"), { code });

describe("an error that its service says to retry is worth another try", () => {
  it.each([
    [
      "Lambda: throttled",
      new TooManyRequestsException({ $metadata: { httpStatusCode: 429 }, message: "" }),
      "throttled",
    ],
    [
      "Lambda: being updated",
      new ResourceConflictException({ $metadata: { httpStatusCode: 409 }, message: "" }),
      "transient",
    ],
    ["Lambda: network interfaces", answer("EC2ThrottledException", 502), "throttled"],
    ["Lambda: not ready", answer("ResourceNotReadyException", 502), "transient"],
    ["Lambda: restoring", answer("SnapStartNotReadyException", 409), "transient"],
    [
      "DynamoDB: capacity",
      new ProvisionedThroughputExceededException({ $metadata: { httpStatusCode: 400 }, message: "" }),
      "throttled",
    ],
    ["DynamoDB: table limits", answer("RequestLimitExceeded", 400), "throttled"],
    ["DynamoDB: another region wrote", answer("ReplicatedWriteConflictException", 400), "transient"],
    ["DynamoDB: transaction", answer("TransactionConflictException", 400), "transient"],
    ["S3: slow down", answer("SlowDown", 503), "throttled"],
    ["S3: internal", answer("InternalError", 500), "transient"],
    ["S3: conflicting write", answer("ConditionalRequestConflict", 409), "transient"],
    ["S3: operation aborted", answer("OperationAborted", 409), "transient"],
    ["S3: body not read in time", answer("RequestTimeout", 400), "transient"],
    ["SQS: throttled as 403", answer("RequestThrottled", 403), "throttled"],
    ["SQS: in flight", answer("OverLimit", 403), "throttled"],
    ["KMS behind SQS", answer("KmsThrottled", 400), "throttled"],
    ["any 500", answer("Unheard", 500), "transient"],
    ["any 502", answer("Unheard", 502), "transient"],
    ["credentials ran out", answer("ExpiredToken", 400), "transient"],
    [
      "a corrected clock",
      Object.assign(answer("InvalidSignatureException", 403), {
        $metadata: { httpStatusCode: 403, clockSkewCorrected: true },
      }),
      "transient",
    ],
    ["not answered in time", new CallTimeoutError("S3 HeadObject", 5_000), "transient"],
    ["the SDK's own timeout", Object.assign(new Error("timeout"), { name: "TimeoutError" }), "transient"],
    ["connection reset", broken("ECONNRESET"), "transient"],
    ["fetch that broke", new TypeError("fetch failed", { cause: broken("UND_ERR_SOCKET") }), "transient"],
    ["socket hang up", new Error("socket hang up"), "transient"],
    [
      "a store's error, by its cause",
      new RunStoreError("no", { cause: answer("ThrottlingException", 400) }),
      "throttled",
    ],
  ])("%s", (_, error, why) => {
    expect(retryable(error)).toBe(why);
  });
});

describe("any other error is final", () => {
  const itself: { cause?: unknown } = {};
  itself.cause = itself;
  it.each([
    ["no such key", new NoSuchKey({ $metadata: { httpStatusCode: 404 }, message: "" })],
    ["access denied", answer("AccessDenied", 403)],
    ["a failed condition", answer("PreconditionFailed", 412)],
    ["bad request", answer("ValidationException", 400)],
    ["not implemented", answer("NotImplemented", 501)],
    ["an error of this library", new ConfigError("no")],
    ["a store's error whose cause is final", new RunStoreError("no", { cause: answer("AccessDeniedException", 400) })],
    ["an error that ends the run, whatever caused it", new FailRunError("no", { cause: broken("ECONNRESET") })],
    ["a programming error", new TypeError("x is not a function")],
    ["no error at all", "text"],
    ["an error that causes itself", itself],
  ])("%s", (_, error) => {
    expect(retryable(error)).toBeUndefined();
  });
});
