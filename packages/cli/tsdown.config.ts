import { defineConfig } from "tsdown";
import { published } from "../../tsdown.shared.ts";

export default defineConfig({
  ...published,
  // The command runs the host of an app's configuration as a process of its own.
  entry: ["src/main.ts", "src/bin.ts", "src/app-host.ts"],
});
