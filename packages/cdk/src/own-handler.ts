import { fileURLToPath } from "node:url";

/** The file of a handler of this package, beside this one: TypeScript in the repository, JavaScript in the published package. */
export function ownHandler(name: "sweeper-handler" | "kill-switch-handler"): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "mjs";
  return fileURLToPath(new URL(`./${name}.${ending}`, import.meta.url));
}
