import { defineConfig } from "vitest/config";
import { shared } from "../vitest.shared.ts";

/** The samples and what makes the site of them; `browser/` and `faults/` need a built site and come after. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    // Runs in the app that "Your first app" makes: npm run test:docs -- newcomer
    exclude: ["samples/how-to/your-first-app/**", "node_modules/**"],
    include: [
      "samples/**/*.test.ts",
      "generate/**/*.test.ts",
      "publish/**/*.test.ts",
      "src/**/*.test.ts",
      "test/**/*.test.ts",
    ],
  },
});
