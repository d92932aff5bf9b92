import { describe, expect, it } from "vitest";
import { answerDocument, errorDocument, TextMap } from "./query-answer.ts";
import { snsErrors } from "./sns-error.ts";

const namespace = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';
const metadata = "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>";

describe("answers of the query protocol", () => {
  it("carry texts, maps and lists", () => {
    const result = {
      Topics: [{ TopicArn: "a&b" }],
      Names: ["x"],
      Attributes: new TextMap({ k: "<v>" }),
      NextToken: undefined,
    };
    expect(answerDocument("List", result, "r")).toBe(
      `<ListResponse ${namespace}><ListResult><Topics><member><TopicArn>a&amp;b</TopicArn></member></Topics>` +
        "<Names><member>x</member></Names><Attributes><entry><key>k</key><value>&lt;v&gt;</value></entry></Attributes>" +
        `</ListResult>${metadata}</ListResponse>`,
    );
  });

  it("have no result where there is nothing to tell", () => {
    expect(answerDocument("DeleteTopic", undefined, "r")).toBe(
      `<DeleteTopicResponse ${namespace}>${metadata}</DeleteTopicResponse>`,
    );
  });

  it("are errors with whose fault it was", () => {
    expect(errorDocument(snsErrors.topicNotFound(), "r")).toBe(
      `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    );
  });
});
