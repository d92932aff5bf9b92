import { defineConfig } from "tsdown";
import { published } from "../../tsdown.shared.ts";

export default defineConfig({
  ...published,
  entry: ["src/bin.ts"],
  // A command alone: there is nothing to import.
  dts: false,
});
