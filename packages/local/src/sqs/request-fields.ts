import { sqsErrors } from "./sqs-error.ts";

/** The parsed JSON of a request, not yet trusted. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws {SqsError} if the value is no JSON object. */
export function parseFields(body: Buffer): Fields {
  let value: unknown;
  try {
    value = body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    throw sqsErrors.invalidParameterValue("The request body is no JSON.");
  }
  if (!isRecord(value)) throw sqsErrors.invalidParameterValue("The request body is no JSON object.");
  return value;
}

/** @throws {SqsError} if missing, empty or no string. */
export function text(fields: Fields, name: string): string {
  const value = optionalText(fields, name);
  if (value === undefined || value === "") throw sqsErrors.missingParameter(name);
  return value;
}

/** @throws {SqsError} if it is set to anything but a string. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw sqsErrors.invalidParameterValue(`The parameter ${name} must be a string.`);
}

/** A whole number within bounds; numbers written as text are taken too, as AWS takes them. */
export function optionalInteger(fields: Fields, name: string, least: number, most: number): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < least || number > most) {
    throw sqsErrors.invalidParameterValue(
      `Value ${String(value).slice(0, 100)} for parameter ${name} is invalid. Reason: Must be >= ${least} and <= ${most}, if provided.`,
    );
  }
  return number;
}

/** An empty map if missing. */
export function textMap(fields: Fields, name: string): Record<string, string> {
  const value = fields[name] ?? undefined;
  if (value === undefined) return {};
  if (!isRecord(value)) throw sqsErrors.invalidParameterValue(`The parameter ${name} must be a map.`);
  return Object.fromEntries(Object.keys(value).map((key) => [key, optionalText(value, key) ?? ""]));
}

/** An empty list if missing. */
export function textList(fields: Fields, name: string): readonly string[] {
  const value = fields[name] ?? undefined;
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string")) {
    throw sqsErrors.invalidParameterValue(`The parameter ${name} must be a list of strings.`);
  }
  return value;
}

/** An empty list if missing. */
export function recordList(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name] ?? undefined;
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every(isRecord)) {
    throw sqsErrors.invalidParameterValue(`The parameter ${name} must be a list of structures.`);
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
