import { defineConfig } from "tsdown";
import { published } from "../../tsdown.shared.ts";

export default defineConfig({
  ...published,
  entry: [
    "src/index.ts",
    "src/lambda.ts",
    "src/sleep.ts",
    "src/scheduler.ts",
    "src/durable.ts",
    "src/sqs.ts",
    "src/news.ts",
    "src/dynamodb.ts",
    "src/s3.ts",
    "src/client.ts",
    "src/otel.ts",
    "src/end-events.ts",
    "src/sweeper.ts",
    "src/all-errors.ts",
    "src/store.ts",
    "src/conformance.ts",
    "src/parts.ts",
    "src/testing.ts",
  ],
});
