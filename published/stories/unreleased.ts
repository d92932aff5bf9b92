import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Story } from "../story.ts";

/** Packages that need each other; the README shows how to pack one. */
const PACKED = ["@longhaul/core", "@longhaul/objects", "@longhaul/walk", "longhaul"] as const;

/** A stranger before the first release, who has a clone. */
export const unreleasedStories: readonly Story[] = [
  {
    name: "unreleased",
    promise: "before the first release, packages that were packed in a clone can be installed and used",
    on: ["node24"],
    folder: (stranger) => stranger.emptyFolder("before the release"),
    steps: [
      {
        does: "packs as the README says, and installs the files",
        async with(folder, stranger, node) {
          const readme = await readFile(join(stranger.workspace, "README.md"), "utf8");
          assert.match(readme, /npm pack -w @longhaul\/core --pack-destination DIRECTORY/);
          const which = PACKED.flatMap((name) => ["-w", name]);
          assert.ok(readme.includes(which.join(" ")), "The README names other packages that need each other.");
          const packed = await stranger.run(
            ["npm", "pack", ...which, "--pack-destination", folder],
            stranger.workspace,
            node,
          );
          assert.equal(packed.code, 0, packed.stderr);
          const files = (await readdir(folder)).filter((name) => name.endsWith(".tgz")).map((name) => `./${name}`);
          assert.equal(files.length, PACKED.length);
          const installed = await stranger.run(["npm", "install", ...files], folder, node);
          assert.equal(installed.code, 0, installed.stderr);
          for (const name of PACKED) {
            const manifest = await readFile(join(folder, "node_modules", name, "package.json"), "utf8");
            assert.equal((JSON.parse(manifest) as { version: string }).version, "0.0.0", name);
          }
        },
      },
      { type: ["npx", "longhaul", "--help"], expect: { stdout: /^Usage: longhaul/ } },
      { type: ["node", "--input-type=module", "--eval", 'import "@longhaul/core"; import "@longhaul/walk";'] },
    ],
  },
];
