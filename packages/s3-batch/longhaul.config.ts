import { defineApp } from "@longhaul/local";
import { verifyResult } from "./test/verify-result.ts";

export default defineApp({
  name: "s3-batch",
  inputBucketOutput: "SourceBucketName",
  inputPrefix: "in/",
  functionOutput: "FunctionName",
  verify: verifyResult,
});
