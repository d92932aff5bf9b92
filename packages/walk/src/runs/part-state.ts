import type { StandardSchema } from "@longhaul/core";
import { isKeyRange, type KeyRange } from "../listing/key-range.ts";
import type { LearnedPoint } from "./learned-partition.ts";

/** The state from which a walk part continues. */
export interface PartState<Summary> {
  /** Ranges that are not accounted for yet. Those that the part's log gives away are still among them. */
  readonly ranges: readonly KeyRange[];
  /** Of what is accounted for. */
  readonly summary: Summary;
  readonly learned: readonly LearnedPoint[];
}

/**
 * Checks that a state is one of a part: an event may have something of its own under the key. The summary's shape
 * belongs to the action and is not checked.
 */
export function partState<Summary>(): StandardSchema<PartState<Summary>> {
  return {
    "~standard": {
      version: 1,
      vendor: "longhaul-walk",
      validate: (value) =>
        isPartState(value)
          ? { value: value as PartState<Summary> }
          : {
              issues: [{ message: "is not that of a part of a walk. Does the event use this key for something else?" }],
            },
    },
  };
}

function isPartState(value: unknown): boolean {
  const { ranges, summary, learned } = fieldsOf(value);
  return summary !== undefined && isListOf(ranges, isKeyRange) && isListOf(learned, isPoint);
}

function isPoint(value: unknown): boolean {
  const { key, keys } = fieldsOf(value);
  return typeof key === "string" && Number.isSafeInteger(keys);
}

function isListOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
