import { expect, it } from "vitest";
import { parseReceiptHandle, receiptHandle } from "./receipt-handle.ts";

const work = "arn:aws:sqs:us-east-1:000000000000:work";
const dead = "arn:aws:sqs:us-east-1:000000000000:dead";

it("names one receive of one message", () => {
  const receipt = { messageId: "m1", receiveCount: 2 };
  expect(parseReceiptHandle(work, receiptHandle(work, receipt))).toEqual(receipt);
});

// https://repost.aws/knowledge-center/sqs-receipt-handle-error, and the text of https://github.com/aws/aws-sdk-java-v2/issues/3101
it("is refused by another queue than the one it was issued for", () => {
  const handle = receiptHandle(work, { messageId: "m1", receiveCount: 2 });
  expect(() => parseReceiptHandle(dead, handle)).toThrow(
    expect.objectContaining({
      code: "ReceiptHandleIsInvalid",
      message: `The receipt handle "${handle}" is not valid for this queue.`,
    }),
  );
});

it.each(["", "no handle", "m1.2", "m1.-2.0123456789abcdef", Buffer.from("m1 2").toString("base64url")])(
  "is never %j",
  (handle) => {
    expect(() => parseReceiptHandle(work, handle)).toThrow(expect.objectContaining({ code: "ReceiptHandleIsInvalid" }));
  },
);
