import { createHash } from "node:crypto";
import { sqsErrors } from "./sqs-error.ts";

/** A typed value sent beside a message body. Binary values travel as base64, as in the JSON protocol. */
interface MessageAttribute {
  /** `String`, `Number` or `Binary`, with an optional label (`Number.int`). */
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

/** Message attributes by name. */
export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/**
 * The digest the SDK checks: attributes by name, each as length-prefixed name, type, a byte for the kind, and value.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: MessageAttributes): string {
  const hash = createHash("md5");
  const lengthPrefixed = (value: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    hash.update(length).update(value);
  };
  const names = Object.keys(attributes).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    const attribute = attributes[name];
    if (!attribute) continue;
    lengthPrefixed(Buffer.from(name));
    lengthPrefixed(Buffer.from(attribute.DataType));
    const isBinary = attribute.DataType.startsWith("Binary");
    hash.update(Buffer.of(isBinary ? 2 : 1));
    lengthPrefixed(valueBytes(attribute));
  }
  return hash.digest("hex");
}

/** Bytes an attribute set adds to a message's size: names, types and values. */
export function attributesBytes(attributes: MessageAttributes): number {
  let bytes = 0;
  for (const [name, attribute] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueBytes(attribute).length;
  }
  return bytes;
}

function valueBytes(attribute: MessageAttribute): Buffer {
  return attribute.DataType.startsWith("Binary")
    ? Buffer.from(attribute.BinaryValue ?? "", "base64")
    : Buffer.from(attribute.StringValue ?? "");
}

/**
 * Reads the `MessageAttributes` of a request.
 *
 * @throws {SqsError} naming the attribute that breaks a rule.
 */
export function parseMessageAttributes(input: unknown, parameter = "MessageAttributes"): MessageAttributes {
  if (input === undefined || input === null) return {};
  if (typeof input !== "object" || Array.isArray(input)) {
    throw sqsErrors.invalidParameterValue(`The parameter ${parameter} must be a map.`);
  }
  const entries = Object.entries(input);
  if (entries.length > 10) {
    throw sqsErrors.invalidParameterValue(
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, parseAttribute(name, value)]));
}

const empty = (name: string, kind: "String" | "Binary") =>
  sqsErrors.invalidParameterValue(
    `Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`,
  );

function parseAttribute(name: string, value: unknown): MessageAttribute {
  const refuse = (reason: string) =>
    sqsErrors.invalidParameterValue(`The message attribute '${name}' is invalid: ${reason}`);
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name) || /^(?:aws|amazon)\./i.test(name))
    throw refuse("its name is not allowed.");
  if (typeof value !== "object" || value === null) throw refuse("it must be a structure.");
  const { DataType: type, StringValue: text, BinaryValue: binary } = value as Record<string, unknown>;
  if (typeof type !== "string" || !/^(?:String|Number|Binary)(?:\..{1,249})?$/.test(type)) {
    throw refuse("its DataType must be String, Number or Binary.");
  }
  const isBinary = type.startsWith("Binary");
  if ((isBinary ? text : binary) !== undefined && (isBinary ? text : binary) !== null) {
    throw refuse(`with type '${type}' it must use field '${isBinary ? "Binary" : "String"}'.`);
  }
  if (isBinary) {
    if (typeof binary !== "string" || binary === "") throw empty(name, "Binary");
    return { DataType: type, BinaryValue: binary };
  }
  if (typeof text !== "string" || text === "") throw empty(name, "String");
  if (type.startsWith("Number") && !Number.isFinite(Number(text))) throw refuse("its StringValue is no number.");
  return { DataType: type, StringValue: text };
}
