import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { s3Spill } from "./s3-spill.ts";
import { readSpilled, sha256Hex } from "./spill.ts";

/** The two calls a spill makes, over a map. */
function bucketInMemory() {
  const objects = new Map<string, string>();
  const reads: string[] = [];
  const client = {
    async send(command: unknown) {
      if (command instanceof PutObjectCommand) {
        const { Bucket, Key, Body } = command.input;
        objects.set(`${Bucket}/${Key}`, String(Body));
        return {};
      }
      if (!(command instanceof GetObjectCommand)) throw new Error("an unexpected call");
      const name = `${command.input.Bucket}/${command.input.Key}`;
      reads.push(name);
      const text = objects.get(name);
      if (text === undefined) throw Object.assign(new Error("The key does not exist."), { name: "NoSuchKey" });
      return { Body: { transformToString: async () => text } };
    },
  } as unknown as S3Client;
  return { client, objects, reads };
}

describe("s3Spill keeps a state as an object", () => {
  it("gives back what was put, and says how large it is", async () => {
    const { client } = bucketInMemory();
    const spill = s3Spill({ bucket: "states", client });
    const text = '{"value":"ü🚀"}';
    const ref = await spill.put("run-1", 3, text);
    expect(ref).toMatchObject({ bytes: 18, sha256: await sha256Hex(text) });
    expect(ref.uri).toMatch(/^s3:\/\/states\/\.longhaul\/states\/[0-9a-f]{32}\/3-[0-9a-f]{64}\.json$/);
    expect(await readSpilled(spill, ref)).toBe(text);
  });

  it("names an object by its run, hop and content alone, so that the same state written twice is one object", async () => {
    const { client, objects } = bucketInMemory();
    const spill = s3Spill({ bucket: "states", client });
    const put = async (run: string, hop: number, text: string) => (await spill.put(run, hop, text)).uri;
    expect(await put("a", 1, "1")).toBe(await put("a", 1, "1"));
    expect(objects.size).toBe(1);
    expect(
      new Set([await put("a", 1, "1"), await put("b", 1, "1"), await put("a", 2, "1"), await put("a", 1, "2")]).size,
    ).toBe(4);
  });

  it.each(["../../etc/passwd", "s3://other/key", "a/b", "🚀", "x".repeat(3_000)])(
    "keeps no part of the run id %j in the key",
    async (run) => {
      const { client, objects } = bucketInMemory();
      await s3Spill({ bucket: "states", client }).put(run, 0, "1");
      expect([...objects.keys()][0]).toMatch(/^states\/\.longhaul\/states\/[0-9a-f]{32}\/0-[0-9a-f]{64}\.json$/);
    },
  );

  it("refuses content that was changed where it lies", async () => {
    const { client, objects } = bucketInMemory();
    const spill = s3Spill({ bucket: "states", client });
    const ref = await spill.put("run-1", 3, "1");
    for (const name of objects.keys()) objects.set(name, "2");
    await expect(readSpilled(spill, ref)).rejects.toMatchObject({ code: "STATE" });
  });
});

describe("a forged reference makes no other object be read", () => {
  const sha256 = "a".repeat(64);
  const run = "0".repeat(32);
  it.each([
    ["another bucket", `s3://secrets/.longhaul/states/${run}/1-${sha256}.json`],
    ["a bucket that begins alike", `s3://states-2/.longhaul/states/${run}/1-${sha256}.json`],
    ["another prefix", `s3://states/secrets/${run}/1-${sha256}.json`],
    ["a way out of the prefix", `s3://states/.longhaul/states/../${run}/1-${sha256}.json`],
    ["an object beside the states", "s3://states/.longhaul/states/secret.json"],
    ["a longer key", `s3://states/.longhaul/states/${run}/1-${sha256}.json/x`],
    ["a second line", `s3://states/.longhaul/states/${run}/1-${sha256}.json\n`],
    ["another content's hash", `s3://states/.longhaul/states/${run}/1-${"b".repeat(64)}.json`],
    ["no uri", ""],
    ["a path", "/etc/passwd"],
  ])("%s", async (_, uri) => {
    const { client, reads } = bucketInMemory();
    await expect(s3Spill({ bucket: "states", client }).get({ uri, bytes: 1, sha256 })).rejects.toMatchObject({
      code: "STATE",
    });
    expect(reads).toEqual([]);
  });
});

describe("s3Spill says what is wrong", () => {
  it("when a state has expired", async () => {
    const { client, objects } = bucketInMemory();
    const spill = s3Spill({ bucket: "states", client });
    const ref = await spill.put("run-1", 3, "1");
    objects.clear();
    await expect(spill.get(ref)).rejects.toMatchObject({
      code: "STATE_SPILL",
      message: expect.stringContaining(`${ref.uri}: NoSuchKey`),
    });
  });

  it("when S3 refuses", async () => {
    const denied = { send: () => Promise.reject(Object.assign(new Error("no"), { name: "AccessDenied" })) };
    const spill = s3Spill({ bucket: "states", client: denied as unknown as S3Client });
    await expect(spill.put("run-1", 3, "1")).rejects.toMatchObject({
      code: "STATE_SPILL",
      cause: { name: "AccessDenied" },
    });
  });

  it.each([
    { bucket: "" },
    { bucket: "a/b" },
    { bucket: "states", prefix: "states" },
    { bucket: "states", prefix: "" },
  ])("for the options %j", (options) => {
    expect(() => s3Spill(options)).toThrow(expect.objectContaining({ code: "CONFIG" }));
  });
});
