import { defineConfig } from "tsdown";

export default defineConfig({
  // The sweeper's handler is not imported by anyone: RunTable bundles it, with the application's own version of core.
  entry: ["src/index.ts", "src/sweeper-handler.ts"],
  dts: true,
  fixedExtension: true,
  platform: "node",
  target: "node22",
});
