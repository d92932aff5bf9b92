import { defineConfig } from "vitest/config";
import { shared } from "../../vitest.shared.ts";

// Two of its files wait, most of the time, for messages that are hidden: the others need not wait with them.
export default defineConfig({
  ...shared,
  test: { ...shared.test, globalSetup: "test/synthesized-stack.ts", maxWorkers: 4 },
});
