import { defineConfig } from "vitest/config";
import { shared, sharedModules } from "../../vitest.shared.ts";

/** Tests that do not need a stack: in memory, or in virtual time. */
const inMemory = ["src/**/*.test.ts", "test/{fleet-*,loop-fleet,verify/*}.test.ts"];
/** Minutes of faults and kills on the stack, and loops that go on for longer than Lambda permits: `npm run test:faults`. */
const faults = ["kill-switch", "killed-loops", "long-chain", "restarted-loops", "steady-loops", "troubled-loops"].map(
  (name) => `test/${name}.test.ts`,
);
/** Tests on the embedded AWS mostly wait. */
const maxWorkers = 3;

const deployed = {
  ...shared.test,
  globalSetup: "test/synthesized-stack.ts",
  maxWorkers,
  // Longer than one wait of theirs, so that a test says what did not happen.
  testTimeout: 300_000,
};

export default defineConfig({
  ...shared,
  test: {
    projects: [
      { ...sharedModules, test: { ...sharedModules.test, name: "memory", include: inMemory, maxWorkers } },
      {
        ...shared,
        test: { ...deployed, name: "embedded-aws", include: ["test/**/*.test.ts"], exclude: [...inMemory, ...faults] },
      },
      { ...shared, test: { ...deployed, name: "faults", include: faults } },
    ],
  },
});
