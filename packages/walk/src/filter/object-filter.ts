import type { Fields } from "../request/fields.ts";
import { WalkRequestError } from "../request/request-error.ts";

/** Which objects a walk is about; what is not set does not matter. */
export interface ObjectFilter {
  /** The key begins so. */
  readonly prefix?: string;
  /** The key ends so. */
  readonly suffix?: string;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  /** Last modified at least so many days before the walk began. */
  readonly minAgeDays?: number;
  /** Last modified at most so many days before the walk began. */
  readonly maxAgeDays?: number;
}

const NAMES = ["prefix", "suffix", "minBytes", "maxBytes", "minAgeDays", "maxAgeDays"] as const;

/** Older than S3 itself by far; a time before 1970 is no reason to fail, but one that no date can hold would be. */
const MAX_DAYS = 36_500;

/**
 * Reads a filter.
 *
 * @throws WalkRequestError naming the field that is not known, cannot be used, or contradicts another.
 */
export function parseFilter(fields: Fields): ObjectFilter {
  fields.refuseOthers(NAMES);
  const prefix = fields.text("prefix");
  const suffix = fields.text("suffix");
  const minBytes = fields.wholeNumber("minBytes", 0);
  const maxBytes = fields.wholeNumber("maxBytes", 0);
  const minAgeDays = fields.number("minAgeDays", 0, MAX_DAYS);
  const maxAgeDays = fields.number("maxAgeDays", 0, MAX_DAYS);
  refuseEmptyRange(fields, "minBytes", minBytes, "maxBytes", maxBytes);
  refuseEmptyRange(fields, "minAgeDays", minAgeDays, "maxAgeDays", maxAgeDays);
  return {
    ...(prefix !== undefined && { prefix }),
    ...(suffix !== undefined && { suffix }),
    ...(minBytes !== undefined && { minBytes }),
    ...(maxBytes !== undefined && { maxBytes }),
    ...(minAgeDays !== undefined && { minAgeDays }),
    ...(maxAgeDays !== undefined && { maxAgeDays }),
  };
}

function refuseEmptyRange(
  fields: Fields,
  minName: string,
  min: number | undefined,
  maxName: string,
  max: number | undefined,
): void {
  if (min === undefined || max === undefined || min <= max) return;
  throw new WalkRequestError(
    fields.pathOf(minName),
    `is ${min}, above ${fields.pathOf(maxName)}, which is ${max}: no object would pass.`,
  );
}
