import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { everyStack } from "../every-stack.ts";

/** The Python that `npm run test:peers` brings, with cfn-lint beside it. */
const { LONGHAUL_PYTHON: python = "" } = process.env;
const STACKS = ["bucket-walker", "queue-loops", "s3-batch", "sqs-file", "others"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhaul-cfn-lint-"));
  (await everyStack(folder)).synth();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("cfn-lint finds nothing in any stack", async () => {
  const templates = STACKS.map((name) => join(folder, `${name}.template.json`));
  // The CDK makes a function depend on its role twice over, which harms nothing.
  const args = ["--non-zero-exit-code", "none", "--ignore-checks", "W3005", "--", ...templates];
  const { stdout } = await promisify(execFile)(join(dirname(python), "cfn-lint"), args);
  expect(stdout).toBe("");
});
