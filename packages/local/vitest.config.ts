import { defineConfig } from "vitest/config";
import { shared, sharedModules } from "../../vitest.shared.ts";

/** Rows that start functions, some of which wait for seconds: `npm run test:recorded`, which is part of `npm run test:peers`. */
const recorded = ["event-sources", "lambda"].map((name) => `test/recorded/${name}.test.ts`);
/** Runs of `recursive()` under kills, lost events and denied calls: `npm run test:faults`. */
const faults = ["retried-lease", "scheduled-waking"].map((name) => `test/${name}.test.ts`);

export default defineConfig({
  ...shared,
  test: {
    projects: [
      { ...sharedModules, test: { ...sharedModules.test, name: "here", exclude: [...recorded, ...faults] } },
      { ...sharedModules, test: { ...sharedModules.test, name: "recorded", include: recorded } },
      { ...sharedModules, test: { ...sharedModules.test, name: "faults", include: faults } },
    ],
  },
});
