import { compileEventPattern } from "../events/event-pattern.ts";
import { EventPatternError } from "../events/event-pattern-error.ts";
import type { SnsMessageAttributes } from "./message-attributes.ts";
import { type SnsError, snsErrors, unparsedJson } from "./sns-error.ts";

/** The part of a message that a filter policy applies to. */
export type FilterPolicyScope = "MessageAttributes" | "MessageBody";

/** Whether a subscription wants a message. */
export type FilterPolicy = (message: string, attributes: SnsMessageAttributes) => boolean;

/**
 * Compiles the filter policy of a subscription. The operators are those of EventBridge patterns.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 * @throws {SnsError} `InvalidParameter` for what is no policy, or uses an unknown operator.
 */
export function compileFilterPolicy(
  text: string,
  scope: FilterPolicyScope,
  invalid: (reason: string) => SnsError = snsErrors.invalidAttributes,
): FilterPolicy {
  const refuse = (reason: string) => invalid(`FilterPolicy: ${reason}`);
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    throw refuse(unparsedJson(text));
  }
  if (
    scope === "MessageAttributes" &&
    isRecord(policy) &&
    Object.values(policy).some((value) => !Array.isArray(value))
  ) {
    throw refuse('Filter policy scope MessageAttributes does not support nested filter policy: use "MessageBody".');
  }
  try {
    const matches = compileEventPattern(policy);
    return (message, attributes) =>
      matches(scope === "MessageBody" ? parsedBody(message) : plainAttributes(attributes)) &&
      (scope === "MessageAttributes" || isRecord(parsedBody(message)));
  } catch (error) {
    if (!(error instanceof EventPatternError)) throw error;
    throw refuse(error.message);
  }
}

/** Binary attributes cannot be filtered by. */
function plainAttributes(attributes: SnsMessageAttributes): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, { DataType, StringValue }] of Object.entries(attributes)) {
    if (StringValue === undefined) continue;
    if (DataType === "String.Array") plain[name] = parsedList(StringValue);
    else plain[name] = DataType.startsWith("Number") ? Number(StringValue) : StringValue;
  }
  return plain;
}

function parsedList(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : text;
  } catch {
    return text;
  }
}

function parsedBody(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
