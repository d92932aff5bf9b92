import { describe, expect, it } from "vitest";
import { parseTaggingHeader } from "./tags.ts";

const refusal = (header: string) => {
  try {
    return parseTaggingHeader(header);
  } catch (error) {
    return error;
  }
};

// AWS's answers: LocalStack's test_s3_api.py, test_put_object_with_tags and test_object_tagging_exc.
describe("the header x-amz-tagging", () => {
  it.each([
    ["a=1&b=two%20words", ["a", "b"]],
    ["wrongquery&wrongagain", ["wrongquery", "wrongagain"]],
    ["key1&&&key2", ["key1", "key2"]],
  ])("is a query, as in %s", (header, keys) => {
    expect(parseTaggingHeader(header).map(({ key }) => key)).toEqual(keys);
  });

  it.each(["key1=val1&key1=val2", "key1=val1,key2=val2"])(
    "that is none is an argument that is invalid: %s",
    (header) => {
      expect(refusal(header)).toMatchObject({
        code: "InvalidArgument",
        message: expect.stringContaining("without tag name duplicates"),
      });
    },
  );

  it.each([
    ["aws:mine=1", "Your TagKey cannot be prefixed with aws:"],
    ["a%3Cb=1", "The TagKey you have provided is invalid"],
  ])("may not have the tag %s", (header, message) => {
    expect(refusal(header)).toMatchObject({ code: "InvalidTag", message });
  });
});
