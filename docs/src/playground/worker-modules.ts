import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

/** Modules that a browser does not have, and the part of each that the worker uses. */
const IN_BROWSER: Readonly<Record<string, string>> = {
  "@aws-sdk/client-s3": "s3-commands.ts",
  "@longhaul/objects": "objects.ts",
  "node:crypto": "node-crypto.ts",
};

/** Lets the worker run functions that were written for Node: in the built site and while it is served. */
export function workerModules(): Plugin {
  return {
    name: "worker-modules",
    enforce: "pre",
    resolveId(id) {
      const file = this.environment.config.consumer === "client" ? IN_BROWSER[id] : undefined;
      return file && fileURLToPath(new URL(`./worlds/${file}`, import.meta.url));
    },
  };
}
