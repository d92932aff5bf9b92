import type { StandardSchema } from "@longhaul/core";
import type { KeyRange } from "../walk/key-range.ts";
import type { LearnedPoint } from "./learned-partition.ts";

/** What a part of a walk needs to go on from. */
export interface PartState<Summary> {
  /** What is not accounted for yet, before what the part's log says was given away is taken off. */
  readonly ranges: readonly KeyRange[];
  /** Of what is accounted for. */
  readonly summary: Summary;
  readonly learned: readonly LearnedPoint[];
}

/**
 * Checks that a state is one of a part: an event may have something of its own under the key. What the action keeps as its
 * summary is the action's affair.
 */
export function partState<Summary>(): StandardSchema<PartState<Summary>> {
  return {
    "~standard": {
      version: 1,
      vendor: "bucket-walker",
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
  return summary !== undefined && isListOf(ranges, isRange) && isListOf(learned, isPoint);
}

function isRange(value: unknown): boolean {
  const { after, through } = fieldsOf(value);
  return typeof after === "string" && (through === null || typeof through === "string");
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
