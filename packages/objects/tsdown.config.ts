import { defineConfig } from "tsdown";
import { published } from "../../tsdown.shared.ts";

export default defineConfig({ ...published, entry: ["src/index.ts", "src/dynamodb.ts", "src/testing.ts"] });
