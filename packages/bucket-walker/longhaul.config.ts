import { defineApp } from "@longhaul/local";
import { verifyWalk, walkResults } from "@longhaul/walk/testing";

export default defineApp({
  name: "bucket-walker",
  inputBucketOutput: "BucketName",
  inputPrefix: "",
  input: "tree",
  sample: "src",
  functionOutput: "FunctionName",
  startEvent: () => ({ action: "report" }),
  verify: verifyWalk,
  results: walkResults,
});
