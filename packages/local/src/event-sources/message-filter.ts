import { compileEventPattern } from "../events/event-pattern.ts";
import { invalidParameter } from "../lambda/lambda-error.ts";
import type { SqsRecord } from "./sqs-event.ts";

/** Whether a message is for the function; what is not is deleted from the queue. */
export type MessageFilter = (record: SqsRecord) => boolean;

/**
 * Compiles the patterns of a mapping's `FilterCriteria`; one that matches is enough. A pattern sees the record with its
 * body parsed: a body that is not JSON is matched by patterns for plain text alone, and the other way round.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 * @throws LambdaError `InvalidParameterValueException` for what is no pattern.
 */
export function compileMessageFilter(patterns: readonly string[]): MessageFilter {
  if (patterns.length > 5) throw invalidParameter(`FilterCriteria has ${patterns.length} filters; 5 are allowed.`);
  const filters = patterns.map(compilePattern);
  return (record) => filters.length === 0 || filters.some((matches) => matches(record));
}

function compilePattern(text: string): MessageFilter {
  try {
    const pattern: unknown = JSON.parse(text);
    const matches = compileEventPattern(pattern);
    const wantsObject = isObject(pattern) && isObject(pattern.body);
    return (record) => {
      const body = parsedBody(record.body);
      return (!wantsObject || isObject(body)) && matches({ ...record, body });
    };
  } catch (cause) {
    // AWS says no more; the reason is the cause.
    throw Object.assign(invalidParameter("Invalid filter pattern definition."), { cause });
  }
}

function parsedBody(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : body;
  } catch {
    return body;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
