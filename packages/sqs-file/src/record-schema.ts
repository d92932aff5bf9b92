import type { StandardSchema } from "@longhaul/core";

/**
 * What a valid record is. Yours goes here: any Standard Schema will do, such as one of zod or valibot. What it answers
 * is what is written to the table. As it stands: any JSON object, or row of a CSV file, that is not empty.
 */
export const recordSchema: StandardSchema<object> = {
  "~standard": {
    version: 1,
    vendor: "sqs-file",
    validate(value) {
      if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0) {
        return { value };
      }
      return { issues: [{ message: "must be an object with at least one field" }] };
    },
  },
};
