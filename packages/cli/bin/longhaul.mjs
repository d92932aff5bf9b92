#!/usr/bin/env node
// Not built, so that `npm ci` finds and links it in a fresh clone: npm leaves out a command whose file is not there yet,
// and `npx longhaul` would then ask the public registry for a package of that name. Plain JavaScript, so that a Node too
// old for the rest can still say so.
import { existsSync } from "node:fs";
import * as module from "node:module";

if (process.features.typescript) {
  // What is compiled once is read from a cache the next time, in the system's temporary folder or NODE_COMPILE_CACHE.
  module.enableCompileCache();
  // In the workspace the sources run, those of the other packages too: a build is not needed, and an old one does not
  // mislead.
  const isWorkspace = existsSync(new URL("../tsdown.config.ts", import.meta.url));
  if (isWorkspace) {
    module.registerHooks({
      resolve: (specifier, context, next) =>
        next(specifier, { ...context, conditions: [...context.conditions, "longhaul-source"] }),
    });
  }
  await import(isWorkspace ? "../src/bin.ts" : "../dist/bin.mjs");
} else {
  const message = `longhaul needs Node 22.18 or later; this is Node ${process.versions.node} (${process.execPath}).`;
  if (process.argv.includes("--json")) console.log(JSON.stringify({ error: { code: "NODE_VERSION", message } }));
  else console.error(message);
  process.exitCode = 2;
}
