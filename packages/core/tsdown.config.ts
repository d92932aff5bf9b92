import { defineConfig } from "tsdown";

export default defineConfig({
  entry: [
    "src/index.ts",
    "src/lambda.ts",
    "src/sqs.ts",
    "src/dynamodb.ts",
    "src/s3.ts",
    "src/records.ts",
    "src/testing.ts",
  ],
  dts: true,
  fixedExtension: true,
  platform: "node",
  target: "node22",
});
