import { defineConfig } from "tsdown";
import { published } from "../../tsdown.shared.ts";

export default defineConfig({
  ...published,
  // The sweeper's handler is not imported by anyone: RunTable bundles it, with the application's own version of core.
  entry: ["src/index.ts", "src/sweeper-handler.ts"],
});
