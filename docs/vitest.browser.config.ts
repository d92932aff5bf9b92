import { defineConfig } from "vitest/config";
import { shared } from "../vitest.shared.ts";

/** The built site in a real browser. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["browser/**/*.test.ts"] },
});
