import { defineApp } from "@longhaul/local";
import { plainRecordsOf } from "@longhaul/local/testing";
import { verifyRecords } from "@longhaul/objects/testing";
import { schema } from "./src/work.ts";

export default defineApp({
  name: "sqs-file",
  inputBucketOutput: "BucketName",
  inputPrefix: "in/",
  input: "tree",
  sample: "sample",
  functionOutput: "FunctionName",
  results: ({ outputs }) => [{ table: outputs.RecordsTableName ?? "", name: "records.ndjson" }],
  verify: verifyRecords(schema, plainRecordsOf),
});
