import { outgoingBytes, readOutgoing } from "../outgoing-message.ts";
import type { QueryResult } from "../query-answer.ts";
import type { QueryInput } from "../query-input.ts";
import { SnsError, snsErrors } from "../sns-error.ts";
import { maxTopicMessageBytes } from "../topic-attributes.ts";
import { authorizedTopic, type SnsOperation } from "./operation.ts";

/** `Publish`: sends one message to the subscribers of a topic. */
export const publish: SnsOperation = (context, input) => {
  if (input.optionalText("PhoneNumber") !== undefined) {
    throw snsErrors.invalidParameter("PhoneNumber Reason: the embedded SNS sends no text messages");
  }
  const arn = input.optionalText("TopicArn") ?? input.optionalText("TargetArn");
  if (arn === undefined)
    throw snsErrors.invalidParameter("TopicArn or TargetArn Reason: no value for required parameter");
  const topic = authorizedTopic(context, arn, "Publish");
  return { MessageId: context.publisher.publish(topic, readOutgoing(input), context.traceHeader) };
};

/** `PublishBatch`: sends up to ten messages, together no larger than one may be; each may fail alone. */
export const publishBatch: SnsOperation = (context, input) => {
  const topic = authorizedTopic(context, input.text("TopicArn"), "Publish");
  const entries = batchEntries(input);
  const bytes = entries.reduce((sum, { entry }) => sum + outgoingBytes(readOutgoing(entry)), 0);
  if (bytes > maxTopicMessageBytes(topic.attributes)) {
    throw new SnsError(
      "BatchRequestTooLong",
      400,
      "The length of all the messages put together is more than the limit.",
    );
  }
  const Successful: QueryResult[] = [];
  const Failed: QueryResult[] = [];
  for (const { Id, entry } of entries) {
    try {
      Successful.push({ Id, MessageId: context.publisher.publish(topic, readOutgoing(entry), context.traceHeader) });
    } catch (error) {
      if (!(error instanceof SnsError)) throw error;
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
};

function batchEntries(input: QueryInput): readonly { readonly Id: string; readonly entry: QueryInput }[] {
  const entries = input
    .structures("PublishBatchRequestEntries")
    .map((entry) => ({ Id: entry.optionalText("Id") ?? "", entry }));
  const refuse = (code: string, message: string) => new SnsError(code, 400, message);
  if (entries.length === 0) throw refuse("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.length > 10) {
    throw refuse("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.");
  }
  if (entries.some(({ Id }) => !/^[A-Za-z0-9_-]{1,80}$/.test(Id))) {
    throw refuse(
      "InvalidBatchEntryId",
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw refuse("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  }
  return entries;
}
