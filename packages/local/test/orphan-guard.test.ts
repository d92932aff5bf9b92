import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOrphanGuard, ORPHAN_GUARD_SOURCE } from "../src/lambda/orphan-guard.ts";

const NAMESPACE = process.getuid?.() === 0 ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
const isPermitted = spawnSync("unshare", [...NAMESPACE, "true"]).status === 0;

const MOST_OTHERS = 30;

let folder: string;
let script: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhaul-guard-"));
  script = join(folder, "guard.mjs");
  await writeFile(script, ORPHAN_GUARD_SOURCE);
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** A process that leads its group, in a mount namespace of its own, as a function instance does. */
async function inNamespace(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn("unshare", [...NAMESPACE, "sh", "-c", "echo ready; exec sleep 600"], {
    detached: true,
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  return child as ChildProcess & { readonly pid: number };
}

/** How the guarded processes ended as the guard did, and those that were started meanwhile. */
async function endGuarded() {
  const guard = createOrphanGuard(process.execPath, script);
  const own: Awaited<ReturnType<typeof inNamespace>>[] = [];
  for (let count = 0; count < 10; count += 1) own.push(await inNamespace());
  for (const { pid } of own) guard.watch(pid, `instance-${pid}`);
  const ends = own.map(async (child) => (await once(child, "exit"))[1] as unknown);

  let isEnding = true;
  const ending = guard.stop().then(() => (isEnding = false));
  const others: ChildProcess[] = [];
  // Not without end: each one more makes the guard look longer, and on a busy machine neither would end.
  do others.push(await inNamespace());
  while (isEnding && others.length < MOST_OTHERS);
  await ending;
  return { own: await Promise.all(ends), others: others.map(({ signalCode }) => signalCode) };
}

describe("the guard ends what it was told of, and nothing else", () => {
  // Linux gives the number of a namespace that is gone to the next one, while the guard still looks for processes.
  it.skipIf(!isPermitted)(
    "(where namespaces are permitted) a namespace that is made meanwhile is left alone",
    async () => {
      for (let round = 0; round < 8; round += 1) {
        const { own, others } = await endGuarded();
        expect(new Set(own)).toEqual(new Set(["SIGKILL"]));
        expect(new Set(others)).toEqual(new Set([null]));
      }
    },
  );
});
