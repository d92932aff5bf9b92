import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Story } from "../story.ts";
import type { NodeName, Stranger } from "../stranger/stranger.ts";

/** The command, typed where nothing is installed. */
export const npxStories: readonly Story[] = [
  {
    name: "npx",
    promise: "npx longhaul has help, and walks a bucket, in an empty folder",
    on: ["node22", "node24"],
    folder: (stranger) => stranger.emptyFolder("nothing here"),
    steps: [
      {
        does: "npx longhaul --help",
        async with(folder, stranger, node) {
          const { code, stdout, stderr } = await npx(["--help"], folder, stranger, node);
          assert.equal(code, 0, stderr);
          assert.match(stdout, /^Usage: longhaul/);
        },
      },
      {
        does: "npx longhaul walk s3://photos --endpoint URL, an embedded S3 started from another folder",
        async with(folder, stranger, node) {
          const { url, stop } = await serveBucket(stranger, node);
          try {
            const walk = ["walk", "s3://photos", "--endpoint", url, "--json"];
            const { code, stdout, stderr } = await npx(walk, folder, stranger, node);
            assert.equal(code, 0, stderr);
            const { objects } = JSON.parse(stdout) as { objects: number };
            assert.equal(objects, 3, stdout);
          } finally {
            await stop();
          }
          assert.ok(!existsSync(join(folder, "node_modules")), "npx installed something here");
        },
      },
    ],
  },
];

/** Runs `npx longhaul`. What npx keeps of it is kept apart, so that this machine's own npx never finds it. */
function npx(args: readonly string[], folder: string, stranger: Stranger, node: NodeName) {
  const kept = { npm_config_cache: join(dirname(folder), "npx") };
  const keys = { AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any", AWS_REGION: "us-east-1" };
  return stranger.run(["npx", "longhaul", ...args], folder, node, { ...kept, ...keys });
}

async function serveBucket(stranger: Stranger, node: NodeName) {
  const cwd = await stranger.installed("published/consumer", "consumer", node);
  const child = spawn("node", ["serve-bucket.ts"], {
    cwd,
    env: stranger.environment(node),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const [url] = (await Promise.race([
    once(createInterface(child.stdout), "line"),
    closed.then(([code]) => assert.fail(`The embedded AWS ended with ${code}.`)),
  ])) as [string];
  return {
    url,
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
