import type { ServerResponse } from "node:http";
import { checkFields } from "../gateway/json-protocol.ts";
import { RequestTooLarge, readBody } from "../gateway/request-body.ts";
import { AccessDenied, type Service, type ServiceCall } from "../gateway/service.ts";
import { snsOperations } from "./operations/operations.ts";
import type { OutgoingNotification } from "./outgoing-message.ts";
import { createPublisher, type Publisher, type PublisherOptions } from "./publisher.ts";
import { answerDocument, errorDocument } from "./query-answer.ts";
import { QueryInput } from "./query-input.ts";
import { SnsError, snsErrors } from "./sns-error.ts";
import { Topics } from "./topics.ts";

/** Options of the embedded SNS. */
export interface SnsOptions extends PublisherOptions {
  readonly region: string;
  readonly accountId: string;
}

/** The embedded SNS: an HTTP service behind the gateway, and the same topics from inside. */
export interface SnsService extends Service {
  /** All topics and subscriptions. */
  readonly topics: Topics;
  /**
   * Publishes a message.
   *
   * @throws {SnsError} `NotFound`, or if SNS would refuse the message.
   */
  publish(
    topicArn: string,
    message: string,
    options?: Omit<OutgoingNotification, "message"> & { readonly traceHeader?: string },
  ): { readonly messageId: string };
  /** Settles when every message so far has been delivered or has failed. */
  settled(): Promise<void>;
}

// A batch of 1 MiB, URL-encoded, with room to spare.
const maxRequestBytes = 8 * 1024 * 1024;

/** Creates the embedded SNS: standard topics over the query protocol, delivering to queues and functions. */
export function createSns(options: SnsOptions): SnsService {
  const topics = new Topics(options);
  const publisher = createPublisher(options);
  return {
    topics,
    publish(topicArn, message, { traceHeader, ...more } = {}) {
      return { messageId: publisher.publish(topics.get(topicArn), { message, ...more }, traceHeader) };
    },
    settled: publisher.settled,
    handle: (call) => handle(topics, publisher, call),
  };
}

async function handle(topics: Topics, publisher: Publisher, call: ServiceCall): Promise<void> {
  const { request, response, principal, requestId } = call;
  try {
    const input = QueryInput.parse((await readBody(request, maxRequestBytes)).toString());
    const action = input.optionalText("Action") ?? "a call without an Action";
    const operation = Object.hasOwn(snsOperations, action) ? snsOperations[action] : undefined;
    if (!operation) throw snsErrors.invalidAction(action);
    const { Action: _, Version: __, ...fields } = input.fields();
    checkFields("SNS", { name: action, inputs: operation.inputs }, fields, snsErrors.notServed);
    const result = operation.run(
      {
        topics,
        publisher,
        accountId: call.accountId,
        callerArn: principal.roleArn ?? `arn:aws:iam::${call.accountId}:root`,
        traceHeader: call.traceHeader,
        authorize: (name, arn) => call.authorize(name, arn),
      },
      input,
    );
    write(response, 200, answerDocument(action, result, requestId));
  } catch (error) {
    const known = protocolError(error);
    write(response, known.httpStatus, errorDocument(known, requestId));
  }
}

function protocolError(error: unknown): SnsError {
  if (error instanceof SnsError) return error;
  if (error instanceof AccessDenied) return new SnsError("AuthorizationError", 403, error.message);
  if (error instanceof RequestTooLarge) return snsErrors.invalidParameter(error.message);
  throw error;
}

function write(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "text/xml", "content-length": Buffer.byteLength(body) });
  response.end(body);
}
