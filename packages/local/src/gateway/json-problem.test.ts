import { describe, expect, it } from "vitest";
import { jsonProblem } from "./json-problem.ts";

const at = (column: number) =>
  `\n at [Source: REDACTED (\`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION\` disabled); line: 1, column: ${column}]`;
const VALUES = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";

// LocalStack's recordings of AWS: test_lambda.py::TestLambdaErrors::test_lambda_invoke_payload_encoding_error,
// test_sns.py::test_validate_set_sub_attributes and test_subscribe_invalid_filter_policy.
describe("text that is no JSON is refused in the words of AWS", () => {
  it.each([
    [
      "a byte that begins nothing",
      Buffer.of(0x99, 0xeb),
      `Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (${VALUES})${at(1)}`,
    ],
    ["a word", Buffer.from("invalid policy"), `Unrecognized token 'invalid': was expecting (${VALUES})${at(8)}`],
    ["a sign", Buffer.from("+1"), `Unexpected character ('+' (code 43)): expected a valid value (${VALUES})${at(1)}`],
    [
      "a name without quotes",
      Buffer.from("{invalid}"),
      `Unexpected character ('i' (code 105)): was expecting double-quote to start field name${at(2)}`,
    ],
    ["a token with a byte that is no character", Buffer.of(0x6e, 0x87, 0x72), `Invalid UTF-8 start byte 0x87${at(3)}`],
    ["a token that is none", Buffer.from(" nope"), `Unrecognized token 'nope': was expecting (${VALUES})${at(6)}`],
    ["a fault further inside", Buffer.from('{"n":}'), undefined],
    ["text behind a value", Buffer.from("null 1"), undefined],
    ["nothing", Buffer.from("  "), undefined],
  ])("%s", (_, text, problem) => {
    expect(jsonProblem(text)).toBe(problem);
  });
});
