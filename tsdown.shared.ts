import type { UserConfig } from "tsdown";

/** How every published package is built: ES modules and declarations for Node 22, nothing of others bundled in. */
export const published: UserConfig = {
  platform: "node",
  target: "node22",
  fixedExtension: true,
  dts: true,
  // Without the tests, and with other packages of the workspace as their users see them: built.
  tsconfig: "tsconfig.build.json",
  // A chunk keeps its name when its content changes, so that the report of the public surface shows only what changed.
  hash: false,
  // A dependency that is not declared would be bundled in unnoticed.
  deps: { onlyBundle: [] },
  logLevel: "error",
};
