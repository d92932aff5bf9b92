import { defineApp } from "@longhaul/local";
import { plainRecordsOf } from "@longhaul/local/testing";
import { verifyTransform } from "@longhaul/objects/testing";
import { transform } from "./src/work.ts";

export default defineApp({
  name: "s3-batch",
  inputBucketOutput: "SourceBucketName",
  inputPrefix: "in/",
  sample: "sample/cities.ndjson",
  functionOutput: "FunctionName",
  results: ({ outputs }) => [{ bucket: outputs.OutputBucketName ?? "", prefix: "out/" }],
  verify: verifyTransform(transform, plainRecordsOf),
});
