import { defineConfig } from "vitest/config";
import { shared } from "../vitest.shared.ts";

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    // What the functions find in their environment when they are deployed.
    env: {
      LONGHAUL_RUN_TABLE: "runs",
      BILLING_URL: "https://billing.example.com",
      OUTPUT_BUCKET: "reports",
      QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/000000000000/jobs",
      DEAD_LETTER_URL: "https://sqs.eu-west-1.amazonaws.com/000000000000/dead-jobs",
      STATE_SECRET: "a secret of at least 16 characters",
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "id",
      AWS_SECRET_ACCESS_KEY: "secret",
    },
  },
});
