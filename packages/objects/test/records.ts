import type { StandardSchema } from "@longhaul/core";

/** A schema of any object that is not empty. */
export const anyObject: StandardSchema<object> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate(value) {
      if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
        return { value };
      }
      return { issues: [{ message: "must be an object with at least one field" }] };
    },
  },
};

/** Records as they are in files of so many. */
export const recordsIn = (count: number): object[] =>
  Array.from({ length: count }, (_, id) => ({ id, name: `record ${id} ✓` }));

/** A file of so many records. */
export const ndjson = (count: number): string =>
  recordsIn(count)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join("");
