import { defineApp } from "@longhaul/local";

// For `longhaul dev`. `longhaul run` is for runs that end and begin with an object: loops do neither.
export default defineApp({
  name: "queue-loops",
  inputBucketOutput: "",
  inputPrefix: "",
  functionOutput: "FunctionName",
});
