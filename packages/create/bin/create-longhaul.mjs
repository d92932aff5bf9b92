#!/usr/bin/env node
// Plain JavaScript, so that a Node too old for the rest can still say so. Not built, so that `npm ci` links it in a fresh clone.
import { existsSync } from "node:fs";

if (process.features.typescript) {
  // In the workspace the sources run.
  const isWorkspace = existsSync(new URL("../tsdown.config.ts", import.meta.url));
  await import(isWorkspace ? "../src/bin.ts" : "../dist/bin.mjs");
} else {
  const message = `create-longhaul needs Node 22.18 or later; this is Node ${process.versions.node} (${process.execPath}).`;
  if (process.argv.includes("--json")) console.log(JSON.stringify({ error: { code: "NODE_VERSION", message } }));
  else console.error(message);
  process.exitCode = 2;
}
