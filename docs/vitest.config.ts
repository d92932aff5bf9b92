import { defineConfig } from "vitest/config";
import { shared } from "../vitest.shared.ts";

/** The samples and what makes the site of them; `browser/` and `faults/` need a built site and come after. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: [
      "samples/**/*.test.ts",
      "generate/**/*.test.ts",
      "publish/**/*.test.ts",
      "src/**/*.test.ts",
      "test/**/*.test.ts",
    ],
  },
});
