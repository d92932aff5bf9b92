import type { QueryInput } from "./query-input.ts";
import { snsErrors } from "./sns-error.ts";

/** A typed value sent beside a message. */
interface SnsMessageAttribute {
  /** `String`, `String.Array`, `Number` or `Binary`, with an optional label. */
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** Message attributes by name. */
export type SnsMessageAttributes = Readonly<Record<string, SnsMessageAttribute>>;

/**
 * Reads the `MessageAttributes` of a message.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 * @throws {SnsError} naming the attribute that breaks a rule.
 */
export function readMessageAttributes(input: QueryInput): SnsMessageAttributes {
  const attributes: Record<string, SnsMessageAttribute> = {};
  for (const [name, entry] of input.entries("MessageAttributes", "Name")) {
    const DataType = entry.optionalText("Value.DataType") ?? "";
    const refuse = (reason: string) =>
      snsErrors.invalidParameterValue(`The message attribute '${name.slice(0, 256)}' ${reason}`);
    checkName(name);
    if (!/^(?:String|Number|Binary)(?:\..{1,249})?$/.test(DataType)) {
      throw refuse(
        "has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
      );
    }
    const isBinary = DataType.startsWith("Binary");
    const [field, other] = isBinary ? (["Binary", "String"] as const) : (["String", "Binary"] as const);
    const value = entry.optionalText(`Value.${field}Value`);
    if (value === undefined && entry.optionalText(`Value.${other}Value`)) {
      throw refuse(`with type '${DataType}' must use field '${field}'.`);
    }
    if (value === undefined || value === "")
      throw refuse(`must contain non-empty message attribute value for message attribute type '${DataType}'.`);
    if (DataType.startsWith("Number") && !Number.isFinite(Number(value)))
      throw refuse("must have a number as its value.");
    attributes[name] = isBinary ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
  }
  return attributes;
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
function checkName(name: string): void {
  const refuse = snsErrors.invalidParameterValue;
  if (Buffer.byteLength(name) > 256) throw refuse("Length of message attribute name must be less than 256 bytes.");
  const [character] = /[^A-Za-z0-9_.-]/u.exec(name) ?? [];
  if (character !== undefined) {
    const code = character.codePointAt(0)?.toString(16).toUpperCase();
    throw refuse(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
  for (const [end, isDot] of [
    ["starting", name.startsWith(".")],
    ["ending", name.endsWith(".")],
  ] as const) {
    if (isDot) throw refuse(`Invalid message attribute name ${end} with character '.' was found.`);
  }
  if (name.includes("..")) throw refuse("Message attribute name can not have successive '.' character.");
}

/** The size that message attributes add to a message: names, types and values. */
export function messageAttributesBytes(attributes: SnsMessageAttributes): number {
  let bytes = 0;
  for (const [name, { DataType, StringValue = "", BinaryValue = "" }] of Object.entries(attributes)) {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    bytes += Buffer.byteLength(StringValue) + Buffer.byteLength(BinaryValue, "base64");
  }
  return bytes;
}
