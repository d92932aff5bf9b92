import { existsSync, readdirSync, readFileSync } from "node:fs";
import { constants, copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { invokeJson, isIsolated, isolation } from "./isolation-testbed.ts";
import { openTestbed, type Testbed } from "./lambda-testbed.ts";

const where = isolation.kind === "none" ? ` (skipped: ${isolation.reason})` : "";

describe.runIf(isIsolated)(`an instance has the places that AWS gives it${where}`, () => {
  let bed: Testbed;
  beforeAll(async () => {
    bed = await openTestbed();
  });
  afterAll(() => bed.close());

  it("/tmp, written literally, is its own, and is gone with it", async () => {
    const name = `longhaul-isolation-${process.pid}`;
    const functionName = await bed.deploy(
      `import { appendFileSync, readFileSync, readdirSync } from "node:fs";
       export const handler = async ({ waitMs }) => {
         const before = readdirSync("/tmp");
         appendFileSync("/tmp/${name}", "x");
         await new Promise((done) => setTimeout(done, waitMs));
         return { before, now: readFileSync("/tmp/${name}", "utf8") };
       };`,
    );
    const starts = bed.record("sandbox.start");
    expect(await invokeJson(bed, functionName, { waitMs: 0 })).toEqual({ before: [], now: "x" });
    expect(await invokeJson(bed, functionName, { waitMs: 0 })).toEqual({ before: [name], now: "xx" });
    expect(starts.map(({ tmpDirectory }) => readdirSync(tmpDirectory))).toEqual([[name]]);
    const both = await Promise.all([1, 2].map(() => invokeJson<{ now: string }>(bed, functionName, { waitMs: 300 })));
    expect(both.map(({ now }) => now).sort()).toEqual(["x", "xxx"]);
    expect(existsSync(join("/tmp", name))).toBe(false);
  });

  it("/tmp takes what EphemeralStorage says, and no byte more", async () => {
    const functionName = await bed.deploy(
      `import { openSync, statfsSync, writeSync } from "node:fs";
       export const handler = async () => {
         const { bsize, blocks } = statfsSync("/tmp");
         const file = openSync("/tmp/large", "w");
         const chunk = Buffer.alloc(32 * 1024 * 1024);
         let written = 0;
         try {
           while (written < 1024 ** 3) written += writeSync(file, chunk);
         } catch (error) {
           return { size: bsize * blocks, written, code: error.code };
         }
       };`,
      { ephemeralStorageMb: 600, timeoutSeconds: 60, memoryMb: 1024 },
    );
    const size = 600 * 1024 * 1024;
    const found = await invokeJson<{ written: number }>(bed, functionName);
    expect(found).toMatchObject({ size, code: "ENOSPC" });
    expect(found.written).toBeLessThanOrEqual(size);
    expect(found.written).toBeGreaterThan(size * 0.9);
    await bed.lambda.recycle(functionName);
  });

  it("/var/task has the code, and cannot be written", async () => {
    const functionName = await bed.deploy(
      `import { writeFileSync } from "node:fs";
       const attempt = (path) => { try { writeFileSync(path, "x"); } catch (error) { return error.code; } };
       export const handler = async () => ({
         root: process.env.LAMBDA_TASK_ROOT, cwd: process.cwd(), url: import.meta.url,
         codes: ["/var/task/new", "/var/task/index.mjs", "/var/runtime/new", "/var/new"].map(attempt),
       });`,
    );
    expect(await invokeJson(bed, functionName)).toEqual({
      root: "/var/task",
      cwd: "/var/task",
      url: "file:///var/task/index.mjs",
      codes: ["EROFS", "EROFS", "EROFS", "EROFS"],
    });
  });

  it("and nothing of it is on the machine's disk, or among its mounts", async () => {
    expect(await readdir(join(bed.directory, "lambda", "sandboxes"))).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toMatch(/longhaul|\/var\/task/);
  });
});

describe("without isolation", () => {
  it("an instance has a TMPDIR of its own, which goes with it", async () => {
    const bed = await openTestbed({ isolation: "none" });
    expect(await bed.lambda.isolation()).toEqual({ kind: "none", reason: expect.any(String) });
    const functionName = await bed.deploy(
      `import { tmpdir } from "node:os"; import { writeFileSync } from "node:fs";
       export const handler = async () => { writeFileSync(tmpdir() + "/x", "x"); return tmpdir(); };`,
    );
    const starts = bed.record("sandbox.start");
    const directory = await invokeJson<string>(bed, functionName);
    expect(starts).toMatchObject([{ tmpDirectory: directory }]);
    expect(readdirSync(directory)).toEqual(["x"]);
    await bed.lambda.recycle(functionName);
    expect(existsSync(directory)).toBe(false);
    await bed.close();
  });

  it("the code cannot be written by users that are not root, and goes all the same", async () => {
    const bed = await openTestbed({ isolation: "none" });
    const functionName = await bed.deploy("", {
      files: {
        "index.mjs": `import { statSync } from "node:fs";
          export const handler = async () => [".", "index.mjs", "lib"].map((path) => statSync(path).mode & 0o222);`,
        "lib/a.mjs": "",
      },
    });
    expect(await invokeJson(bed, functionName)).toEqual([0, 0, 0]);
    await bed.close();
    expect(existsSync(bed.directory)).toBe(false);
  });

  it("a bundle that names /tmp literally is warned of, by function and file", async () => {
    const warnings: string[] = [];
    const bed = await openTestbed({ isolation: "none", onWarning: (message) => warnings.push(message) });
    const files = { "index.mjs": "export const handler = 1;", "lib/write.js": "exports.path = '/tmp/notes';" };
    await bed.deploy("", { name: "literal", files });
    await bed.deploy("", { name: "temperature", files: { "index.mjs": "export const unit = '/tmperature';" } });
    expect(warnings).toEqual([
      expect.stringMatching(/^Function literal names \/tmp in lib\/write\.js\. .* because isolation is switched off\./),
    ]);
    await bed.close();
  });
});

describe("where things lie does not matter", () => {
  it("a program below /tmp is brought along", async () => {
    const bed = await openTestbed();
    const program = join(bed.directory, "own-node");
    await copyFile(process.execPath, program, constants.COPYFILE_FICLONE);
    const other = await openTestbed({ nodeBinaries: { "nodejs24.x": program } });
    const functionName = await other.deploy("export const handler = async () => 'ran';");
    expect(await invokeJson(other, functionName)).toBe("ran");
    expect((await other.lambda.isolation()).kind).toBe(isolation.kind);
    await other.close();
    await bed.close();
  });

  it("nor that the scratch directory is below /var, with a name that no mount option could carry", async () => {
    const directory = await mkdtemp("/var/tmp/longhaul, lambda:-");
    const bed = await openTestbed({ directory });
    const functionName = await bed.deploy("export const handler = async () => import.meta.url;");
    expect(await invokeJson(bed, functionName)).toMatch(isIsolated ? /^file:\/\/\/var\/task\// : /^file:/);
    expect((await bed.lambda.isolation()).kind).toBe(isolation.kind);
    await bed.close();
    await rm(directory, { recursive: true, force: true });
  });
});
