import assert from "node:assert/strict";
import type { Step, Story } from "../story.ts";

const BROKEN = "export const transform = (record: unknown) => {\n  return record;\n";

/** The three commands that read an app's code, each of which has to name the place of a fault in it. */
function commandsThatTell(place: RegExp): Step[] {
  const fails = { code: 1, stderr: place };
  return [
    { type: ["npx", "longhaul", "run"], expect: fails },
    { type: ["npx", "longhaul", "dev"], expect: fails },
    { type: ["npx", "cdk", "synth", "--quiet"], expect: fails },
    {
      type: ["npx", "longhaul", "run", "--json"],
      expect: {
        code: 1,
        check: ({ stdout }) =>
          assert.match((JSON.parse(stdout) as { error: { message: string } }).error.message, place),
      },
    },
  ];
}

/** The mistakes of a stranger. */
export const mistakeStories: readonly Story[] = [
  {
    name: "mistakes/syntax",
    promise: "a syntax error in the file to replace is told with file, line and column",
    on: ["node22", "node24"],
    folder: (stranger, node) => stranger.installed("packages/s3-batch", "my s3-batch", node),
    edits: { "src/work.ts": BROKEN },
    steps: commandsThatTell(/src\/work\.ts:\d+:\d+: /),
  },
  {
    name: "mistakes/import",
    promise: "an import that is not installed is told with file, line and column",
    on: ["node22"],
    folder: (stranger, node) => stranger.installed("packages/sqs-file", "my sqs-file", node),
    edits: {
      "src/work.ts": 'import "not-installed";\nexport const schema = {};\nexport const store = async () => {};\n',
    },
    steps: [
      {
        type: ["npx", "cdk", "synth", "--quiet"],
        expect: { code: 1, stderr: /src\/work\.ts:1:8: Could not resolve "not-installed"/ },
      },
      {
        type: ["npx", "longhaul", "run"],
        expect: { code: 1, stderr: /Cannot find package 'not-installed' imported from .*work\.ts/ },
      },
    ],
  },
  {
    name: "mistakes/each-object",
    promise: "work on each object runs on the laptop, and what it throws is shown and fails the command",
    on: ["node22"],
    folder: (stranger, node) => stranger.installed("packages/bucket-walker", "my bucket-walker", node),
    edits: {
      "src/work.ts": `import type { EachObject } from "@longhaul/walk";
        export const eachObject: EachObject = async ({ key }) => {
          console.log("work on " + key);
          if (key.endsWith("work.ts")) throw new Error("this one is not mine");
        };`,
    },
    steps: [
      {
        type: ["npx", "longhaul", "run", "--event", '{ "action": "each" }'],
        expect: { code: 1, stdout: /work on handler\.ts[\s\S]*work\.ts: Error: this one is not mine/ },
      },
    ],
  },
  {
    name: "mistakes/old-node",
    promise: "on a Node that is too old each command says which one is needed",
    on: ["node20"],
    folder: (stranger, node) => stranger.installed("packages/s3-batch", "my s3-batch", node),
    steps: [
      {
        type: ["npx", "longhaul", "run"],
        expect: { code: 2, stderr: /needs Node 22\.18 or later; this is Node 20\./ },
      },
      {
        type: ["npx", "cdk", "synth", "--quiet"],
        expect: { code: 1, stderr: /needs Node 22\.18 or later; this is Node 20\./ },
      },
    ],
  },
];
