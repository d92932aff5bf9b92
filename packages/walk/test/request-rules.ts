import { S3Client } from "@aws-sdk/client-s3";
import { systemHost } from "@longhaul/core/parts";
import { copy } from "../src/actions/copy.ts";
import { each } from "../src/actions/each.ts";
import { ActionHealth } from "../src/actions/object-retries.ts";
import { remove } from "../src/actions/remove.ts";
import { report } from "../src/report/report.ts";
import type { RequestRules, WalkDefaults } from "../src/request/walk-request.ts";
import { Semaphore } from "../src/semaphore.ts";

/** Defaults of a handler, with the depth of its reports. */
export interface TestDefaults extends WalkDefaults {
  readonly depth: number;
}

/** The rules by which a handler with all actions reads events. */
export function requestRules({ depth, ...defaults }: TestDefaults, client = new S3Client({})): RequestRules {
  const setup = {
    client,
    output: { bucket: "results", prefix: "walks/" },
    depth,
    maxPrefixes: 500,
    concurrency: 32,
    semaphore: new Semaphore(32),
    tries: { tries: 4, timeoutMs: 60_000, health: new ActionHealth(), host: systemHost },
  };
  const actions = { report: report(), each: each(async () => {}), copy: copy(), delete: remove() };
  const readers = Object.entries(actions).map(([name, make]) => [name, make({ ...setup, name })] as const);
  return { defaults, actions: Object.fromEntries(readers) };
}
