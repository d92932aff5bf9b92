import { defineConfig } from "vitest/config";
import { shared, sharedModules } from "../../vitest.shared.ts";

/** Tests of minutes on the apps' stacks: `npm run test:faults`. */
const faults = ["test/permissions/**/*.test.ts", "test/redrive-rejects.test.ts"];

export default defineConfig({
  ...shared,
  test: {
    projects: [
      { ...sharedModules, test: { ...sharedModules.test, name: "command", exclude: faults } },
      { ...shared, test: { ...shared.test, name: "faults", include: faults } },
    ],
  },
});
