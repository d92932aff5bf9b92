import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Messages come again after growing pauses: what went wrong once on a busy machine takes its time to come right.
export default defineConfig({
  ...shared,
  test: { ...shared.test, globalSetup: "test/synthesized-stack.ts", testTimeout: 120_000 },
});
