import { defineConfig } from "vitest/config";
import { shared, sharedModules } from "../../vitest.shared.ts";

/** Tests that deploy the stack of `test/walker`. */
const onTheStack = ["test/parallel.test.ts", "test/serial.test.ts"];
/** Minutes of faults and kills, on the stack or in processes: `npm run test:faults`. */
const faults = ["test/lasting-trouble.test.ts", "test/parallel-killed.test.ts", "test/serial-killed.test.ts"];

const deployed = {
  ...shared.test,
  globalSetup: "test/synthesized-stack.ts",
  // Longer than one wait of theirs, so that a test says what did not happen.
  testTimeout: 300_000,
};

export default defineConfig({
  ...shared,
  test: {
    projects: [
      { ...sharedModules, test: { ...sharedModules.test, name: "here", exclude: [...onTheStack, ...faults] } },
      { ...shared, test: { ...deployed, name: "stack", include: onTheStack } },
      { ...shared, test: { ...deployed, name: "faults", include: faults } },
    ],
  },
});
