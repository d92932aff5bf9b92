import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Step, Story } from "../story.ts";
import { checkAssembly } from "./assembly.ts";

export const APPS = ["s3-batch", "sqs-file", "bucket-walker", "queue-loops"] as const;
export type AppName = (typeof APPS)[number];

/** How many lines the results of an app's sample have, by the names of the files; `undefined` for an app that names none. */
const RESULTS: Readonly<Record<AppName, Readonly<Record<string, number>> | undefined>> = {
  "s3-batch": { "cities.ndjson.ndjson": 200 },
  "sqs-file": { "records.ndjson": 200 },
  "bucket-walker": { "longhaul-bucket-report.html": 1 },
  "queue-loops": undefined,
};

/** Each app, copied out of the workspace. */
export const appStories: readonly Story[] = APPS.map((app) => ({
  name: `copied/${app}`,
  promise:
    "a copy installs, type-checks, passes its test, runs on its sample, synthesizes, and is ready to deploy but for credentials",
  // On Node 24 the same apps are made by npm create.
  on: ["node22"],
  folder: (stranger, node) => stranger.installed(`packages/${app}`, `my ${app}`, node),
  steps: [
    { type: ["npx", "tsc", "--noEmit"] },
    { type: ["npm", "test"] },
    { type: ["npx", "longhaul", "run"], expect: { stdout: /status +done/ } },
    resultsOf(app),
    {
      type: ["npx", "cdk", "synth", "--quiet"],
      expect: { check: (_, folder) => checkAssembly(join(folder, "cdk.out")) },
    },
    {
      type: ["npx", "cdk", "deploy", "--require-approval", "never"],
      expect: { code: 1, stderr: /Unable to resolve AWS account to use/ },
    },
  ],
}));

/** Runs an app for its results and a machine to read. */
function resultsOf(app: AppName): Step {
  const type = ["npx", "longhaul", "run", ".", "--json", "--results", "made"] as const;
  const results = RESULTS[app];
  if (results === undefined) return { type, expect: { code: 2, stderr: /names no results/ } };
  return {
    type,
    expect: {
      check({ stdout }, folder) {
        const { status, check } = JSON.parse(stdout) as { status: string; check: { isOk: boolean } };
        assert.deepEqual({ status, isOk: check.isOk }, { status: "done", isOk: true });
        assert.deepEqual(readdirSync(join(folder, "made")).sort(), Object.keys(results));
        for (const [name, least] of Object.entries(results)) {
          const lines = readFileSync(join(folder, "made", name), "utf8")
            .trim()
            .split("\n").length;
          assert.ok(lines >= least, `${name} has ${lines} lines`);
        }
      },
    },
  };
}
