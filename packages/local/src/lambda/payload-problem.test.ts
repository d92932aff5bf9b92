import { describe, expect, it } from "vitest";
import { payloadProblem } from "./payload-problem.ts";

const at = (column: number) =>
  `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;
const VALUES = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";

// LocalStack's recording of AWS, test_lambda.py::TestLambdaErrors::test_lambda_invoke_payload_encoding_error.
describe("a payload that is no JSON is refused in the words of AWS", () => {
  it.each([
    [
      "a byte that begins nothing",
      Buffer.of(0x99, 0xeb),
      `Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (${VALUES})${at(1)}`,
    ],
    [
      "a letter that begins no token",
      Buffer.from("hello"),
      `Unexpected character ('h' (code 104)): expected a valid value (${VALUES})${at(1)}`,
    ],
    ["a token with a byte that is no character", Buffer.of(0x6e, 0x87, 0x72), `Invalid UTF-8 start byte 0x87${at(3)}`],
    ["a token that is none", Buffer.from(" nope"), `Unrecognized token 'nope': was expecting (${VALUES})${at(6)}`],
    ["a fault further inside", Buffer.from("{n:1}"), "as Node.js says"],
    ["text behind a value", Buffer.from("null 1"), "as Node.js says"],
    ["nothing", Buffer.from("  "), "as Node.js says"],
  ])("%s", (_, payload, problem) => {
    expect(payloadProblem(payload, "as Node.js says")).toBe(`Could not parse payload into json: ${problem}`);
  });
});
