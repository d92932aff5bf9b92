import { defineApp } from "@longhaul/local";
import { verifyTable } from "./test/verify-table.ts";

export default defineApp({
  name: "sqs-file",
  inputBucketOutput: "BucketName",
  inputPrefix: "in/",
  input: "tree",
  functionOutput: "FunctionName",
  verify: verifyTable,
});
