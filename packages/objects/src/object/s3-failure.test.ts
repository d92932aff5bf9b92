import { describe, expect, it } from "vitest";
import { s3Error } from "../../test/faulty-s3.ts";
import { ObjectAccessDeniedError, ObjectArchivedError, ObjectChangedError, ObjectNotFoundError } from "./errors.ts";
import { objectFailure } from "./s3-failure.ts";

const ID = { bucket: "my-bucket", key: "in/data.csv" };

describe("what S3 answers becomes a typed error that names the object", () => {
  it.each([
    ["NoSuchKey", 404, ObjectNotFoundError, "OBJECT_NOT_FOUND", 'no object "in/data.csv" in bucket my-bucket'],
    ["NoSuchBucket", 404, ObjectNotFoundError, "OBJECT_NOT_FOUND", "no bucket my-bucket"],
    ["403", 403, ObjectAccessDeniedError, "OBJECT_ACCESS_DENIED", "needs s3:GetObject on my-bucket/*"],
    ["InvalidObjectState", 403, ObjectArchivedError, "OBJECT_ARCHIVED", "Restore it"],
    ["PreconditionFailed", 412, ObjectChangedError, "OBJECT_CHANGED", 'its ETag was "e1"'],
  ])("%s (%i)", (name, status, type, code, text) => {
    const cause = s3Error(name, status);
    const error = objectFailure(cause, ID, "s3:GetObject", '"e1"');
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code, cause, message: expect.stringContaining(text) });
  });

  it("anything else stays as it is", () => {
    const error = s3Error("PermanentRedirect", 301);
    expect(objectFailure(error, ID, "s3:GetObject")).toBe(error);
    const refused = s3Error("PreconditionFailed", 412);
    expect(objectFailure(refused, ID, "s3:PutObject")).toBe(refused);
  });

  it("keys are shown quoted and shortened", () => {
    const error = objectFailure(
      s3Error("NoSuchKey", 404),
      { bucket: "b", key: `\n${"k".repeat(1000)}` },
      "s3:GetObject",
    ) as Error;
    expect(error.message).toContain('"\\nkkk');
    expect(error.message.length).toBeLessThan(400);
  });
});
