import { defineConfig } from "vitest/config";
import { shared } from "../vitest.shared.ts";

/** The reports of runs in a real browser. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["reports/**/*.test.ts"] },
});
