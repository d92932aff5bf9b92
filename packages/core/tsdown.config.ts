import { defineConfig } from "tsdown";
import { published } from "../../tsdown.shared.ts";

export default defineConfig({
  ...published,
  entry: [
    "src/index.ts",
    "src/lambda.ts",
    "src/sqs.ts",
    "src/dynamodb.ts",
    "src/s3.ts",
    "src/records.ts",
    "src/testing.ts",
  ],
});
