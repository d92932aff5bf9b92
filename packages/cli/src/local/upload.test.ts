import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { type LocalAws, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../usage-error.ts";
import { findInput } from "./input-files.ts";
import { clientFor, upload } from "./upload.ts";

const names = ["a.txt", "sub/b+c d%20?#.txt", "sub/deep/é 写真.jpg", "sub/empty"];
let directory = "";
let aws: LocalAws;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-input-"));
  await mkdir(join(directory, "sub/deep"), { recursive: true });
  for (const name of names) await writeFile(join(directory, name), name.endsWith("empty") ? "" : `content of ${name}`);
  await writeFile(join(directory, "large"), Buffer.alloc(5_000_000, 7));
  await symlink(directory, join(directory, "loop"));
  aws = await startLocalAws();
  await aws.s3.createBucket("input");
});
afterAll(async () => {
  await aws.stop();
  await rm(directory, { recursive: true, force: true });
});

const tree = { input: "tree", inputPrefix: "in/" } as const;

describe("the input of a run", () => {
  it("is every regular file of a directory, up to a size; links are not followed", async () => {
    const all = await findInput(directory, tree);
    expect(all.files.map(({ key }) => key).sort()).toEqual([...names, "large"].map((name) => `in/${name}`).sort());
    expect((await findInput(directory, tree, 1_000)).files).toHaveLength(4);
  });

  it("is one file for an app that takes one, and may be for any other", async () => {
    for (const config of [{ inputPrefix: "in/" }, tree]) {
      const one = await findInput(join(directory, "a.txt"), config);
      expect(one).toMatchObject({ name: "a.txt", key: "in/a.txt", bytes: 16, files: [{ key: "in/a.txt" }] });
    }
  });

  it.each([
    ["no-such", tree, "There is no file or directory"],
    [".", { inputPrefix: "" }, "There is no file"],
  ])("is refused if it is of the wrong kind: %s", async (name, config, message) => {
    const finding = findInput(join(directory, name), config);
    await expect(finding).rejects.toThrow(UsageError);
    await expect(finding).rejects.toThrow(message);
  });
});

describe("putting the input", () => {
  it("makes an object of each file, and tells what was put: not what has gone meanwhile", async () => {
    const input = await findInput(directory, tree);
    await unlink(join(directory, "a.txt"));
    await writeFile(join(directory, "sub/empty"), "grown");
    const put = await upload(aws.url, "input", input);
    expect(put.map(({ key }) => key).sort()).toEqual([...names.slice(1), "large"].map((name) => `in/${name}`).sort());
    expect(put.find(({ key }) => key === "in/sub/empty")?.bytes).toBe(5);
    const client = clientFor(aws.env());
    for (const { key, bytes } of put) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: "input", Key: key }));
      const content = await Body?.transformToByteArray();
      expect(content?.length).toBe(bytes);
      if (key.endsWith(".jpg")) expect(Buffer.from(content ?? []).toString()).toBe("content of sub/deep/é 写真.jpg");
    }
    client.destroy();
  });

  it("fails if the bucket takes nothing", async () => {
    const input = await findInput(directory, tree);
    await expect(upload(aws.url, "no-such-bucket", input)).rejects.toThrow(/was answered with 404/);
  });
});
