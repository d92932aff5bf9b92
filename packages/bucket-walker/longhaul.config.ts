import { defineApp } from "@longhaul/local";
import { reportFiles, verifyReport } from "./test/verify-report.ts";

export default defineApp({
  name: "bucket-walker",
  inputBucketOutput: "BucketName",
  inputPrefix: "",
  input: "tree",
  functionOutput: "FunctionName",
  startEvent: () => ({ action: "report" }),
  verify: verifyReport,
  results: reportFiles,
});
