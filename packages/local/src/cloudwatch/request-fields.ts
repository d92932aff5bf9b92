import { type Fields, fieldReaders, isFields } from "../gateway/request-fields.ts";
import { cloudWatchErrors } from "./cloudwatch-error.ts";
import type { Dimension, Metric } from "./metric.ts";

export type { Fields };

/** Readers of a request's fields, which throw a `CloudWatchError` that names the parameter. */
export const { parseFields, text, optionalText, textList, recordList } = fieldReaders({
  malformed: cloudWatchErrors.invalidFormat,
  missing: cloudWatchErrors.missingParameter,
  invalid: cloudWatchErrors.invalidValue,
});

/** One of a list of words. @throws {CloudWatchError} naming the words. */
export function optionalWord<Word extends string>(
  fields: Fields,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = optionalText(fields, name);
  if (value === undefined) return undefined;
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  const at = `${name[0]?.toLowerCase()}${name.slice(1)}`;
  throw cloudWatchErrors.validation(
    `1 validation error detected: Value '${value.slice(0, 100)}' at '${at}' failed to satisfy constraint: Member must satisfy enum value set: [${words.join(", ")}]`,
  );
}

/** @throws {CloudWatchError} if it is set to anything but a finite number. */
export function optionalNumber(fields: Fields, name: string): number | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw cloudWatchErrors.invalidValue(`The value ${String(value).slice(0, 100)} for parameter ${name} is invalid.`);
}

/** A whole number within bounds. */
export function optionalInteger(fields: Fields, name: string, least: number, most: number): number | undefined {
  const value = optionalNumber(fields, name);
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return value;
  throw cloudWatchErrors.invalidValue(`The parameter ${name} must be a whole number from ${least} to ${most}.`);
}

/** A boolean that may be missing. */
export function optionalFlag(fields: Fields, name: string): boolean | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw cloudWatchErrors.invalidValue(`The parameter ${name} must be true or false.`);
}

/** A moment in ms since the epoch, sent as seconds. */
export function optionalMoment(fields: Fields, name: string): number | undefined {
  const value = optionalNumber(fields, name);
  return value === undefined ? undefined : Math.round(value * 1000);
}

/** `undefined` if missing. */
export function optionalRecord(fields: Fields, name: string): Fields | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || isFields(value)) return value;
  throw cloudWatchErrors.invalidValue(`The parameter ${name} must be a structure.`);
}

/** The metric that `Namespace`, `MetricName` and `Dimensions` name. */
export function readMetric(fields: Fields, namespace = text(fields, "Namespace")): Metric {
  return { namespace, name: text(fields, "MetricName"), dimensions: readDimensions(fields) };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html */
function readDimensions(fields: Fields): readonly Dimension[] {
  const dimensions = recordList(fields, "Dimensions").map((entry) => ({
    name: text(entry, "Name"),
    value: text(entry, "Value"),
  }));
  if (dimensions.length > 30) throw cloudWatchErrors.invalidValue("A metric has 30 dimensions at most.");
  if (new Set(dimensions.map(({ name }) => name)).size < dimensions.length) {
    throw cloudWatchErrors.invalidValue("A metric has each dimension once.");
  }
  return dimensions;
}
