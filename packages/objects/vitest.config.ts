import { defineConfig } from "vitest/config";
import { shared, sharedModules } from "../../vitest.shared.ts";

/** Tests that deploy the stacks of `test/transformer` and `test/loader`. */
const onStacks = ["transform-object", "bad-input", "records-of", "many-files", "other-choices"].map(
  (name) => `test/${name}.test.ts`,
);
/** Those that go through a minute or more of faults each: `npm run test:faults`. */
const faults = [
  "hop-counts",
  "killing-record",
  "killed-hops-lambda",
  "killed-hops-sqs",
  "load-under-trouble",
  "transform-under-trouble",
  "troubled-batch",
  "troubled-load",
].map((name) => `test/${name}.test.ts`);

const deployed = {
  ...shared.test,
  globalSetup: "test/synthesized-stacks.ts",
  // They mostly wait.
  maxWorkers: 3,
  // Longer than one wait of theirs, so that a test says what did not happen.
  testTimeout: 300_000,
};

export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...sharedModules,
        test: {
          ...sharedModules.test,
          name: "here",
          exclude: [...onStacks, ...faults],
          maxWorkers: deployed.maxWorkers,
        },
      },
      { ...shared, test: { ...deployed, name: "stacks", include: onStacks } },
      { ...shared, test: { ...deployed, name: "faults", include: faults } },
    ],
  },
});
