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
    if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name)) throw refuse("has a name that is not allowed.");
    if (!/^(?:String|Number|Binary)(?:\..{1,249})?$/.test(DataType)) {
      throw refuse(
        "has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
      );
    }
    const isBinary = DataType.startsWith("Binary");
    const value = entry.optionalText(isBinary ? "Value.BinaryValue" : "Value.StringValue");
    if (value === undefined || value === "")
      throw refuse(`must contain non-empty message attribute value for message attribute type '${DataType}'.`);
    if (DataType.startsWith("Number") && !Number.isFinite(Number(value)))
      throw refuse("must have a number as its value.");
    attributes[name] = isBinary ? { DataType, BinaryValue: value } : { DataType, StringValue: value };
  }
  return attributes;
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
