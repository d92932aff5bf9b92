import { defineConfig } from "tsdown";
import { published } from "../../tsdown.shared.ts";

export default defineConfig({
  ...published,
  // The handlers are not imported by anyone: RunTable and KillSwitch bundle them, with the application's own packages.
  entry: ["src/index.ts", "src/sweeper-handler.ts", "src/kill-switch-handler.ts"],
});
