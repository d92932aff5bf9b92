import { defineConfig } from "vitest/config";
import { shared } from "../vitest.shared.ts";

/** Faults that are planted in a copy, each of which a check has to notice. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ["faults/**/*.test.ts"] },
});
