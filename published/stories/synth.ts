import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, rename, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Story } from "../story.ts";
import { checkAssembly } from "./assembly.ts";

const synth = ["npx", "cdk", "synth", "--quiet"] as const;

/** Ways to call `cdk synth` that differ in what its program is told of paths. */
export const synthStories: readonly Story[] = [
  {
    name: "synth/paths",
    promise: "the command cdk synthesizes whatever the paths are like",
    on: ["node24"],
    folder: (stranger, node) => stranger.installed("packages/s3-batch", "my s3-batch", node),
    steps: [
      {
        type: [...synth, "--output", "other/assembly"],
        expect: { check: (_, folder) => checkAssembly(join(folder, "other/assembly")) },
      },
      {
        type: [...synth, "--no-staging", "--output", "not-staged"],
        expect: { check: (_, folder) => assert.ok(existsSync(join(folder, "not-staged/S3Batch.template.json"))) },
      },
      {
        does: "from the folder above, the program named by --app",
        async with(folder, stranger, node) {
          const program = `node "${basename(folder)}/infra/app.ts"`;
          const done = await stranger.run(
            [join(folder, "node_modules/.bin/cdk"), "synth", "--quiet", "--app", program, "--output", "from-above"],
            dirname(folder),
            node,
          );
          assert.equal(done.code, 0, done.stderr);
          checkAssembly(join(dirname(folder), "from-above"));
        },
      },
      {
        does: "in a folder that is a link, into two assemblies at the same time",
        async with(folder, stranger, node) {
          const link = `${folder} (link)`;
          await symlink(folder, link);
          const done = await Promise.all(
            ["one", "two"].map((output) => stranger.run([...synth, "--output", output], link, node)),
          );
          for (const { code, stderr } of done) assert.equal(code, 0, stderr);
          for (const output of ["one", "two"]) checkAssembly(join(folder, output));
        },
      },
      {
        does: "in a folder whose name has letters of all kinds",
        async with(folder, stranger, node) {
          const odd = join(dirname(folder), "größe & 写真, 50 % (v2)");
          await cp(folder, odd, { recursive: true, filter: (path) => basename(path) !== "node_modules" });
          await rename(join(folder, "node_modules"), join(odd, "node_modules"));
          const { code, stderr } = await stranger.run(synth, odd, node);
          await rename(join(odd, "node_modules"), join(folder, "node_modules"));
          assert.equal(code, 0, stderr);
          checkAssembly(join(odd, "cdk.out"));
        },
      },
      {
        does: "writes nowhere but into the assembly",
        with(folder) {
          for (const place of ["src", "infra", "node_modules/@longhaul/cdk", "node_modules/@longhaul/cdk/dist"]) {
            assert.ok(!existsSync(join(folder, place, "cdk.out")), `there is a cdk.out in ${place}`);
          }
        },
      },
    ],
  },
];
