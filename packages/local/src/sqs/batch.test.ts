import { describe, expect, it } from "vitest";
import { runBatch } from "./batch.ts";
import { sqsErrors } from "./sqs-error.ts";

describe("the answer to a batch", () => {
  // LocalStack's recording of AWS, test_lambda_integration_sqs.py::test_sqs_event_source_mapping_batch_size.
  it("has no Failed where nothing failed", () => {
    expect(runBatch([{ Id: "a" }], () => ({ MessageId: "m" }))).toEqual({ Successful: [{ Id: "a", MessageId: "m" }] });
    expect(runBatch([{ Id: "a" }], () => ({}))).not.toHaveProperty("Failed");
  });

  it("names the entries that failed, and why", () => {
    const answer = runBatch([{ Id: "a" }, { Id: "b" }], ({ Id }) => {
      if (Id === "b") throw sqsErrors.missingParameter("MessageBody");
      return {};
    });
    const Message = "The request must contain the parameter MessageBody.";
    expect(answer).toEqual({
      Successful: [{ Id: "a" }],
      Failed: [{ Id: "b", SenderFault: true, Code: "MissingParameter", Message }],
    });
  });
});
