import assert from "node:assert/strict";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Story } from "../story.ts";

/** The kind of change that the range `^VERSION` takes, and the kind that it does not: before 1.0.0 minor versions may break. */
const changesAfter = (version: string) =>
  version.startsWith("0.")
    ? ({ compatible: "patch", breaking: "minor" } as const)
    : ({ compatible: "minor", breaking: "major" } as const);

/** Releases that follow the one which a stranger has. */
export const updateStories: readonly Story[] = [
  {
    name: "update/compatible",
    promise: "an app made with one release gets the next compatible one by npm update, and its tests pass",
    on: ["node24"],
    folder: (stranger, node) => stranger.installed("packages/s3-batch", "my s3-batch", node),
    // As npm install writes it, and the apps of npm create longhaul have it.
    edits: { "package.json": (text) => text.replaceAll(/("(?:@longhaul\/\w+|longhaul)": ")(?=\d)/g, "$1^") },
    steps: [
      {
        does: "publishes a compatible release, and types npm update",
        async with(folder, stranger, node) {
          const next = await stranger.publish({ bump: changesAfter(stranger.version).compatible });
          assert.notEqual(next, stranger.version);
          const { code, stderr } = await stranger.run(["npm", "update", "--no-audit", "--no-fund"], folder, node);
          assert.equal(code, 0, stderr);
          const names = (await readdir(join(folder, "node_modules/@longhaul"))).map((name) => `@longhaul/${name}`);
          assert.ok(names.length >= 4, names.join());
          for (const name of ["longhaul", ...names]) assert.equal(await versionOf(folder, name), next, name);
        },
      },
      { type: ["npx", "tsc", "--noEmit"] },
      { type: ["npm", "test"] },
    ],
  },
  {
    name: "update/breaking",
    promise: "a state, an envelope or a record of another version is met by migrate, or refused by name",
    on: ["node24"],
    folder: (stranger, node) => stranger.installed("published/consumer", "consumer", node),
    steps: [
      {
        does: "publishes a release with envelopes and records of version 2, and installs it beside the one that is there",
        async with(folder, stranger, node) {
          const bump = changesAfter(stranger.version).breaking;
          await stranger.publish({ bump, tag: "next", edit: raiseFormats });
          const install = ["npm", "install", "--no-save", "--no-audit", "newer@npm:@longhaul/core@next"] as const;
          const { code, stderr } = await stranger.run(install, folder, node);
          assert.equal(code, 0, stderr);
          await copyFile(
            join(stranger.workspace, "published/versions/versions.test.ts"),
            join(folder, "versions.test.ts"),
          );
        },
      },
      {
        type: ["node", "--test", "--test-reporter=spec", "versions.test.ts"],
        expect: { stdout: /pass 6\n[\s\S]*fail 0/ },
      },
    ],
  },
];

async function versionOf(folder: string, name: string): Promise<string> {
  const manifest = await readFile(join(folder, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Writes version 2 where the built core writes or reads the version of an envelope or a record. */
async function raiseFormats(workspace: string): Promise<void> {
  const dist = join(workspace, "packages/core/dist");
  let places = 0;
  for (const file of (await readdir(dist)).filter((name) => name.endsWith(".mjs"))) {
    const text = await readFile(join(dist, file), "utf8");
    const raised = text.replaceAll(/(\bENVELOPE_VERSION = |\bv: |\bcount\("v"\) > )1\b/g, (_, before: string) => {
      places++;
      return `${before}2`;
    });
    if (raised !== text) await writeFile(join(dist, file), raised);
  }
  assert.ok(places >= 6, `core names the version of its formats in ${places} places only`);
}
