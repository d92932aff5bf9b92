import type { Publisher } from "../publisher.ts";
import type { QueryResult } from "../query-answer.ts";
import type { QueryInput } from "../query-input.ts";
import { snsErrors } from "../sns-error.ts";
import type { Topic, Topics } from "../topics.ts";

/** The context of an operation. */
export interface SnsContext {
  readonly topics: Topics;
  readonly publisher: Publisher;
  readonly accountId: string;
  /** ARN of the caller, or of the account for callers from outside. */
  readonly callerArn: string;
  /** Lineage of the caller, as its SDK sent it. */
  readonly traceHeader: string | undefined;
  /** Names the permission that is about to be used. */
  authorize(action: string, topicArn: string): void;
}

/** One operation of the SNS API. What answers nothing returns `undefined`. */
export type SnsOperation = (context: SnsContext, input: QueryInput) => QueryResult | undefined;

/** Finds the topic a request is about, and checks the permission to do `action` with it. */
export function authorizedTopic(context: SnsContext, arn: string, action: string): Topic {
  context.authorize(`sns:${action}`, arn);
  return context.topics.get(arn);
}

/** One page of a list: 100 items, and a token if there are more. */
export function pageOfList<Item>(
  items: readonly Item[],
  token: string | undefined,
): { readonly items: readonly Item[]; readonly NextToken: string | undefined } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString() || Number.NaN);
  if (!Number.isInteger(from) || from < 0) throw snsErrors.invalidParameter("NextToken");
  const next = from + 100;
  return {
    items: items.slice(from, next),
    NextToken: next < items.length ? Buffer.from(String(next)).toString("base64url") : undefined,
  };
}
