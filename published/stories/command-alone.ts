import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Story } from "../story.ts";

/** The command without the embedded AWS. */
export const commandStories: readonly Story[] = [
  {
    name: "command",
    promise: "the command alone has help and reports; what runs locally says what to install, with an exit code",
    on: ["node22", "node24"],
    folder: (stranger, node) => stranger.installed("published/command-alone", "command alone", node),
    steps: [
      {
        type: ["npx", "longhaul", "--version"],
        expect: {
          async check({ stdout }, folder) {
            const manifest = await readFile(join(folder, "node_modules/longhaul/package.json"), "utf8");
            assert.equal(stdout.trim(), (JSON.parse(manifest) as { version: string }).version);
          },
        },
      },
      ...["run", "dev"].map((verb) => ({
        type: ["npx", "longhaul", verb] as const,
        expect: { code: 3, stdout: "", stderr: /npm install --save-dev @longhaul\/local/ },
      })),
      {
        type: ["npx", "longhaul", "run", "--json"],
        expect: { code: 3, stdout: /^\{"error":\{"code":"LOCAL_MISSING"/ },
      },
      { type: ["npx", "longhaul", "report", "last"], expect: { code: 2, stderr: /No run "last"/ } },
    ],
  },
];
