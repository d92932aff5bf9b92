import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    globalSetup: "test/synthesized-stack.ts",
    // Tests on the embedded AWS mostly wait.
    maxWorkers: 3,
    // Longer than one wait of theirs, so that a test says what did not happen.
    testTimeout: 90_000,
  },
});
