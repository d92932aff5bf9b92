import assert from "node:assert/strict";
import type { Story } from "../story.ts";
import type { AppName } from "./apps.ts";

/** Another function of the same shape in an app's `src/work.ts`, and the one expectation of its test that changes. */
interface Replacement {
  readonly app: AppName;
  readonly about: string;
  readonly work: string;
  /** Texts of `test/app.test.ts`, and what they become. */
  readonly expectation: readonly (readonly [from: string, to: string])[];
}

const REPLACEMENTS: readonly Replacement[] = [
  {
    app: "s3-batch",
    about: "filters and reshapes",
    work: `import type { Transform } from "@longhaul/objects";
      export const transform: Transform = (record) => {
        const { id, name } = record as { id: number; name: string };
        return id % 2 === 0 ? { city: name.toUpperCase() } : undefined;
      };`,
    expectation: [
      [
        "toBe(lines(5_000))",
        'toBe(Array.from({ length: 2_500 }, (_, n) => JSON.stringify({ city: "CITY " + 2 * n }) + "\\n").join(""))',
      ],
    ],
  },
  {
    app: "sqs-file",
    about: "has a schema and a store of its own",
    work: `import { dynamodbTable } from "@longhaul/objects/dynamodb";
      import * as v from "valibot";
      export const schema = v.object({ id: v.pipe(v.number(), v.integer()), name: v.string() });
      const table = dynamodbTable(process.env.RECORDS_TABLE);
      export const store: typeof table = (records, info) => {
        console.log("a batch of " + info.file);
        return table(records, info);
      };`,
    expectation: [
      [
        "expect(stored).toEqual(cities);",
        'expect(stored).toEqual(cities);\n  expect(app.printed.join()).toContain("a batch of");',
      ],
    ],
  },
  {
    app: "bucket-walker",
    about: "names thumbnails",
    work: `import type { EachObject } from "@longhaul/walk";
      export const eachObject: EachObject = async ({ key }) => console.log(key.replace(/[.]txt$/, ".thumbnail.png"));`,
    expectation: [
      ["failed: 0 } } });\n", 'failed: 0 } } });\n  expect(app.printed.join()).toContain("2026/c.thumbnail.png");\n'],
    ],
  },
  {
    app: "queue-loops",
    about: "calls HTTP",
    work: `import type { Processors } from "@longhaul/fleet";
      export const processors: Processors = {
        async messages({ messageId }, { signal }) {
          const { status } = await fetch(process.env.AWS_ENDPOINT_URL ?? "", { signal });
          console.log(JSON.stringify({ message: "answered", messageId, status }));
        },
      };`,
    expectation: [['"processed"', '"answered"']],
  },
];

/** The work of a copied app is replaced by something else of its shape. */
export const replacedStories: readonly Story[] = REPLACEMENTS.map(({ app, about, work, expectation }) => ({
  name: `replaced/${app}`,
  promise: `with a src/work.ts that ${about}, a copy passes its test; one expectation is changed, and no other file`,
  on: ["node22"],
  folder: (stranger, node) => stranger.installed(`packages/${app}`, `my ${app}`, node),
  edits: {
    "src/work.ts": work,
    "test/app.test.ts": (text) =>
      expectation.reduce((edited, [from, to]) => {
        assert.ok(edited.includes(from), `test/app.test.ts of ${app} has no ${from}`);
        return edited.replaceAll(from, to);
      }, text),
  },
  steps: [{ type: ["npx", "tsc", "--noEmit"] }, { type: ["npm", "test"] }],
}));
