import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { sharedModules } from "../vitest.shared.ts";

/** Tests of the module that is mutated, as `main.ts` names them. */
const tests = (process.env.LONGHAUL_STRYKER_TESTS ?? "").split(";");

export default defineConfig({
  ...sharedModules,
  root: join(import.meta.dirname, ".."),
  test: { ...sharedModules.test, include: tests },
});
