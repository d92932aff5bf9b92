import { type Fields, fieldReaders, isFields } from "../gateway/request-fields.ts";
import { sqsErrors } from "./sqs-error.ts";

export type { Fields };

/** Readers of a request's fields, which throw an `SqsError` that names the parameter. */
export const sqsFields = fieldReaders({
  malformed: sqsErrors.invalidParameterValue,
  missing: sqsErrors.missingParameter,
  invalid: sqsErrors.invalidParameterValue,
});

/** A whole number within bounds, in AWS's words for them; numbers written as text are taken too, as AWS takes them. */
export function boundedInteger(
  fields: Fields,
  name: string,
  least: number,
  most: number,
  range = `>= ${least} and <= ${most}`,
): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < least || number > most) {
    throw sqsErrors.invalidParameterValue(
      `Value ${String(value).slice(0, 100)} for parameter ${name} is invalid. Reason: Must be ${range}, if provided.`,
    );
  }
  return number;
}

/** An empty map if missing. */
export function textMap(fields: Fields, name: string): Record<string, string> {
  const value = fields[name] ?? undefined;
  if (value === undefined) return {};
  if (!isFields(value)) throw sqsErrors.invalidParameterValue(`The parameter ${name} must be a map.`);
  return Object.fromEntries(Object.keys(value).map((key) => [key, sqsFields.optionalText(value, key) ?? ""]));
}
