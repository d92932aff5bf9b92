import { chmod, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ownIdentity } from "../src/gateway/process-identity.ts";
import { openScratchDirectory } from "../src/gateway/scratch-directory.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "longhaul-scratch-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const ended = { ...ownIdentity(), startedAt: "then" };
const elsewhere = { ...ownIdentity(), host: "elsewhere" };

/** A directory as another process would have left it. */
async function leave(name: string, owner: object | string | undefined, ageMs = 0): Promise<void> {
  const path = join(parent, name);
  await mkdir(join(path, "lambda", "code"), { recursive: true });
  await writeFile(join(path, "lambda", "code", "index.mjs"), "");
  if (owner !== undefined)
    await writeFile(join(path, "owner.json"), typeof owner === "string" ? owner : JSON.stringify(owner));
  const then = new Date(Date.now() - ageMs);
  await utimes(path, then, then);
}

/** The directories there are while a new one is open, that one left out. */
async function leftAtStart(): Promise<readonly string[]> {
  const scratch = await openScratchDirectory(parent);
  const names = await readdir(parent);
  await scratch.remove();
  return names.filter((name) => join(parent, name) !== scratch.path);
}

describe("a start removes what embedded AWSs left behind that were killed", () => {
  it.each([
    ["whose process is over", ended, 0],
    ["of another machine or container, after a day without a sign of life", elsewhere, 25 * HOUR_MS],
    ["without an owner, after a day", undefined, 25 * HOUR_MS],
    ["whose owner cannot be read, after a day", "{", 25 * HOUR_MS],
  ])("one %s goes", async (_, owner, ageMs) => {
    await leave("longhaul-local-1-abc", owner, ageMs);
    expect(await leftAtStart()).toEqual([]);
  });

  it.each([
    ["whose process is alive, however old", ownIdentity(), 1_000 * HOUR_MS],
    ["of another machine or container, within a day", elsewhere, 23 * HOUR_MS],
    ["that is being made", undefined, 0],
  ])("one %s stays", async (_, owner, ageMs) => {
    await leave("longhaul-local-1-abc", owner, ageMs);
    expect(await leftAtStart()).toEqual(["longhaul-local-1-abc"]);
  });

  it("whatever has another name stays", async () => {
    await leave("longhaul-other-1-abc", ended);
    await leave("notes", ended, 1_000 * HOUR_MS);
    expect(await leftAtStart()).toEqual(["longhaul-other-1-abc", "notes"]);
  });

  it("a link stays, wherever it leads", async () => {
    await leave("kept", ended);
    await symlink(join(parent, "kept"), join(parent, "longhaul-local-1-abc"));
    expect(await leftAtStart()).toEqual(["kept", "longhaul-local-1-abc"]);
    expect(await readdir(join(parent, "kept"))).toEqual(["lambda", "owner.json"]);
  });

  it("read-only directories go as well, and links are not followed", async () => {
    await leave("longhaul-local-1-abc", ended);
    await leave("kept", undefined);
    await symlink(join(parent, "kept"), join(parent, "longhaul-local-1-abc", "link"));
    await chmod(join(parent, "longhaul-local-1-abc", "lambda", "code"), 0o555);
    expect(await leftAtStart()).toEqual(["kept"]);
    expect(await readdir(join(parent, "kept", "lambda", "code"))).toEqual(["index.mjs"]);
  });
});
