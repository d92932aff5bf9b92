import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Step, Story } from "../story.ts";
import { cloneInto } from "../stranger/clone.ts";
import type { NodeName } from "../stranger/stranger.ts";
import { APPS } from "./apps.ts";
import { checkAssembly } from "./assembly.ts";

/** A registry where nobody answers: whatever asks one fails. */
const noRegistry = { npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0" };

/** A stranger who clones the repository, on the Node that their machine has; nothing is built. */
export const workspaceStories: readonly Story[] = [
  {
    name: "workspace/fresh-clone",
    promise: "npm ci warns of nothing; after it alone npx longhaul is ours, and apps synthesize by the command cdk",
    on: ["node20", "node22", "node24"],
    async folder(stranger) {
      const folder = await stranger.emptyFolder("clone");
      await cloneInto(folder, stranger.workspace);
      return folder;
    },
    steps: (node) => [
      { type: ["npm", "ci"], expect: { check: ({ stdout, stderr }) => checkWarnings(`${stdout}\n${stderr}`, node) } },
      { type: ["npm", "run"], expect: { check: ({ stdout }, folder) => checkContents(stdout, folder) } },
      { type: ["npx", "longhaul", "--help"], env: noRegistry, expect: { stdout: /^Usage: longhaul/ } },
      // The workspace brings a Node of its own, so one version between the oldest and the newest shows no more.
      ...(node === "node22" ? [] : appSteps()),
    ],
  },
];

function appSteps(): Step[] {
  return [
    {
      type: ["npx", "longhaul", "run"],
      in: "packages/s3-batch",
      env: noRegistry,
      expect: { stdout: /status +done/ },
    },
    ...APPS.map(
      (app): Step => ({
        type: ["npx", "cdk", "synth", "--quiet"],
        in: `packages/${app}`,
        env: noRegistry,
        expect: { check: (_, folder) => checkAssembly(join(folder, "cdk.out")) },
      }),
    ),
  ];
}

/** Checks that npm had nothing to warn of, but for packages that ask for a newer Node than the machine's 20. */
function checkWarnings(printed: string, node: NodeName): void {
  const warnings = printed.split("\n").filter((line) => /\bwarn\b|deprecated|vulnerabilit/i.test(line));
  const ofEngines = warnings.filter((line) => line.startsWith("npm warn EBADENGINE"));
  assert.deepEqual(node === "node20" ? warnings.filter((line) => !ofEngines.includes(line)) : warnings, []);
  assert.equal(ofEngines.length > 0, node === "node20", "CONTRIBUTING.md explains warnings of engines on Node 20");
}

/** Checks that `npm run` prints each script with its comment above it. */
function checkContents(printed: string, folder: string): void {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const names = Object.keys(scripts).filter((name) => !name.startsWith("//"));
  assert.ok(names.length > 10, `there are only ${names.length} scripts`);
  for (const name of names) {
    const at = printed.indexOf(`  //${name}\n    # `);
    assert.ok(at >= 0, `npm run does not explain ${name}`);
  }
}
