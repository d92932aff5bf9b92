import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestbed, ROLE, type Testbed } from "./lambda-testbed.ts";

const COUNT = "let n = 0; export const handler = async () => { n += 1; return n; };";

let bed: Testbed;
beforeAll(async () => {
  bed = await openTestbed();
});
afterAll(() => bed.close());

const invoke = async (functionName: string, to = bed) =>
  JSON.parse((await to.lambda.invoke({ functionName })).payload ?? "null");

/** The configuration a test function was deployed with. */
const configOf = (name: string, to = bed) => ({
  name,
  codeDirectory: join(to.directory, "source", name),
  runtime: "nodejs24.x" as const,
  roleArn: ROLE,
});

describe("deploying", () => {
  it("copies the code: what changes afterwards in its directory changes nothing", async () => {
    const name = await bed.deploy(COUNT);
    await writeFile(join(configOf(name).codeDirectory, "index.mjs"), "export const handler = async () => 'changed';");
    expect(await invoke(name)).toBe(1);
  });

  it("anew brings the new code, in new sandboxes, and leaves versions as they are", async () => {
    const name = await bed.deploy(COUNT);
    bed.lambda.publishVersion(name);
    expect([await invoke(name), await invoke(name), await invoke(`${name}:1`)]).toEqual([1, 2, 1]);
    await writeFile(join(configOf(name).codeDirectory, "index.mjs"), "export const handler = async () => 'new';");
    await bed.lambda.updateFunction({ ...configOf(name), timeoutSeconds: 7 });
    expect(await invoke(name)).toBe("new");
    expect(await invoke(`${name}:1`)).toBe(1);
    expect(bed.lambda.getFunction(name)).toMatchObject({ name, timeoutSeconds: 7, memoryMb: 128 });
    expect(bed.lambda.getFunction(name, "1")).toMatchObject({ timeoutSeconds: 3 });
  });

  it.each([
    ["a name that is taken", "ResourceConflictException", (name: string) => configOf(name)],
    ["code that is not there", "InvalidParameterValueException", () => ({ ...configOf("absent"), name: "absent" })],
    ["a value AWS refuses", "InvalidParameterValueException", () => ({ ...configOf("slow"), timeoutSeconds: 1000 })],
  ])("refuses %s", async (_, code, config) => {
    const name = await bed.deploy(COUNT);
    await expect(bed.lambda.createFunction(config(name))).rejects.toMatchObject({ code });
  });

  it("deleting takes the function away", async () => {
    const name = await bed.deploy(COUNT);
    await invoke(name);
    await bed.lambda.deleteFunction(name);
    await expect(invoke(name)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  });

  it("an alias follows the version it is pointed at", async () => {
    const name = await bed.deploy("export const handler = async (_, context) => context.functionVersion;");
    bed.lambda.publishVersion(name);
    bed.lambda.publishVersion(name);
    bed.lambda.createAlias(name, "live", "1");
    expect(await invoke(`${name}:live`)).toBe("1");
    bed.lambda.createAlias(name, "live", "2");
    expect(await invoke(`${name}:live`)).toBe("2");
    expect(() => bed.lambda.createAlias(name, "live", "3")).toThrow(/not found/);
  });

  it("a permission lets one service in, for one resource", async () => {
    const name = await bed.deploy(COUNT);
    bed.lambda.addPermission(name, {
      statementId: "in",
      principal: "s3.amazonaws.com",
      sourceArn: "arn:aws:s3:::in",
    });
    const from = (sourceArn: string) =>
      bed.lambda.permits(name, { servicePrincipal: "s3.amazonaws.com", sourceArn, sourceAccount: "1" });
    expect([from("arn:aws:s3:::in"), from("arn:aws:s3:::out")]).toEqual([true, false]);
  });
});

describe("sandboxes", () => {
  it("that served nothing for a while are given up", async () => {
    const brief = await openTestbed({ idleSandboxMs: 50 });
    const recycled = brief.record("sandbox.recycle");
    const name = await brief.deploy(COUNT);
    expect([await invoke(name, brief), await invoke(name, brief)]).toEqual([1, 2]);
    while (recycled.length === 0) await sleep(5);
    expect(recycled).toMatchObject([{ functionName: name, reason: "idle" }]);
    expect(await invoke(name, brief)).toBe(1);
    await brief.close();
  });

  it("that are asked to go while they run, go when they are done", async () => {
    const name = await bed.deploy(
      "let n = 0; export const handler = async () => { n += 1; await new Promise((done) => setTimeout(done, 150)); return n; };",
    );
    const starts = bed.record("invoke.start");
    const running = invoke(name);
    while (starts.length === 0) await sleep(5);
    await bed.lambda.recycle(name);
    expect(await running).toBe(1);
    expect(await invoke(name)).toBe(1);
  });
});

describe("stopping", () => {
  it("ends what runs, drops what is queued, and leaves no process and no sandbox directory", async () => {
    const other = await openTestbed();
    const pids: number[] = [];
    other.lambda.on("sandbox.start", ({ pid }) => pids.push(pid));
    const name = await other.deploy("export const handler = async () => { for (;;); };", { timeoutSeconds: 60 });
    const failing = await other.deploy("export const handler = async () => { throw new Error('no'); };");
    const running = other.lambda.invoke({ functionName: name });
    await other.lambda.invoke({ functionName: failing, invocationType: "Event" });
    while (pids.length < 2) await sleep(5);
    await sleep(100);
    await other.lambda.stop();
    await other.lambda.stop();
    expect(JSON.parse((await running).payload ?? "")).toMatchObject({ errorType: "Runtime.ExitError" });
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(await readdir(join(other.directory, "lambda/sandboxes"))).toEqual([]);
    await expect(other.lambda.invoke({ functionName: name })).rejects.toThrow(/has been stopped/);
    await other.close();
  });
});
