import { dynamodbTable } from "@longhaul/objects/dynamodb";
import * as v from "valibot";

/** Yours: what a valid data record is. Any Standard Schema will do; its output is stored. */
export const schema = v.custom<object>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0,
  "must be an object with at least one field",
);

/** Yours: where a batch of them goes, also as `async (records, { file, run, signal, fence }) => {}`. Twice must be harmless. */
export const store = dynamodbTable(process.env.RECORDS_TABLE);
