import { defineConfig } from "vitest/config";
import { shared, sharedModules } from "../../vitest.shared.ts";

/** The apps' stacks, made to do all that their permissions are for: `npm run test:faults`. */
const faults = ["test/permissions/**/*.test.ts"];

export default defineConfig({
  ...shared,
  test: {
    projects: [
      { ...sharedModules, test: { ...sharedModules.test, name: "command", exclude: faults } },
      { ...shared, test: { ...shared.test, name: "faults", include: faults } },
    ],
  },
});
