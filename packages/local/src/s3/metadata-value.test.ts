import { describe, expect, it } from "vitest";
import { decodedMetadata } from "./metadata-value.ts";

// AWS's answers: LocalStack's test_s3.py, test_user_metadata_rfc2047_encoded.
describe("user metadata that is an encoded word of RFC 2047", () => {
  it.each([
    ["is decoded if it holds printable ASCII", "=?UTF-8?Q?actually-ascii?=", "actually-ascii"],
    ["in base64, too", "=?UTF-8?B?YWJj?=", "abc"],
    ["stays if it holds other characters", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=", undefined],
    ["stays if it holds control characters", "=?UTF-8?B?AAECAw==?=", undefined],
    ["stays if it is none", "!#$%&=?UTF-8?Q?x?=", undefined],
  ])("%s", (_, value, decoded) => {
    expect(decodedMetadata(value)).toBe(decoded ?? value);
  });
});
