// Imported before an infrastructure program: `node --import @longhaul/cdk/start infra/app.ts`. Plain JavaScript, so that a
// Node too old for the program can still say so.
import { existsSync } from "node:fs";
import * as module from "node:module";

if (!process.features.typescript) {
  console.error(
    `This program is written in TypeScript, which needs Node 22.18 or later; this is Node ${process.versions.node} (${process.execPath}).`,
  );
  process.exit(1);
}
if (existsSync(new URL("tsdown.config.ts", import.meta.url))) {
  // In Longhaul's workspace the packages' sources are used: a build is not needed, and an old one does not mislead.
  module.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, "longhaul-source"] }),
  });
}
