import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  abortOutput,
  ObjectAccessDeniedError,
  ObjectCache,
  ObjectChangedError,
  ObjectNotFoundError,
  type OpenObject,
  type OpenOutputOptions,
  OutputDamagedError,
  type OutputState,
  objectLoader,
  openObject,
  openOutput,
  persistOutput,
  type RememberedObject,
  TmpCache,
  warmTails,
} from "../src/index.ts";

const MIB = 1024 * 1024;
const BUCKET = "objects";
let aws: LocalAws;
let client: S3Client;
/** Calls so far, as `action resource`. */
const authorized: string[] = [];
/** Actions to refuse from now on. */
const refused = new Set<string>();
let directory: string;

beforeAll(async () => {
  aws = await startLocalAws({
    authorize(_, action, resourceArn) {
      authorized.push(`${action} ${resourceArn}`);
      return !refused.has(action);
    },
  });
  client = new S3Client({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 });
  await aws.s3.createBucket(BUCKET);
});
afterAll(async () => {
  client.destroy();
  await aws.stop();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "objects-on-s3-"));
  authorized.length = 0;
});
afterEach(async () => {
  refused.clear();
  await rm(directory, { recursive: true });
});

/** Bytes that repeat nowhere near, so that a piece in the wrong place shows. */
function content(bytes: number, seed = 1): Buffer {
  const block = createHash("sha512").update(String(seed)).digest();
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 8) {
    const count = Math.min(8, bytes - at);
    buffer.set(block.subarray(at % 56, (at % 56) + count), at);
    if (count === 8) buffer.writeUInt32LE(at, at);
  }
  return buffer;
}

async function put(key: string, body: Uint8Array): Promise<string> {
  return (await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }))).ETag!;
}

async function stored(key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return Buffer.from(await Body!.transformToByteArray());
}

async function drained(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const slices: Uint8Array[] = [];
  for await (const slice of stream) slices.push(slice);
  return Buffer.concat(slices);
}

const read = (object: OpenObject, from = 0): Promise<Buffer> => drained(object.stream(from));

async function keysUnder(Prefix: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
  return Contents.map(({ Key }) => Key!);
}

describe("an object is read from S3", () => {
  it.each([
    ["memory", {}],
    ["tmp", { memoryMaxBytes: MIB }],
    ["range", { memoryMaxBytes: MIB, tmpMaxBytes: MIB }],
  ])("through %s, whole and from any byte, cold and warm", async (source, limits) => {
    const bytes = content(5 * MIB + 321);
    const etag = await put("in/data.bin", bytes);
    const caches = { memory: new ObjectCache<RememberedObject>(), tmp: new TmpCache({ directory }) };
    const options = {
      client,
      bucket: BUCKET,
      key: "in/data.bin",
      ...caches,
      ...limits,
      download: { pieceBytes: MIB },
      ranges: { windowBytes: MIB },
    };
    for (let visit = 0; visit < 2; visit++) {
      await using object = await openObject({ ...options, ...(visit > 0 && { etag }) });
      expect([object.source, object.etag, object.size]).toEqual([source, etag, bytes.length]);
      expect((await read(object)).equals(bytes)).toBe(true);
      expect((await read(object, 4 * MIB + 99)).equals(bytes.subarray(4 * MIB + 99))).toBe(true);
      expect((await read(object, bytes.length)).length).toBe(0);
    }
  });

  it.each([
    ["../../etc/passwd"],
    ["a+b c%20d/e&f?g#h.csv"],
    [" leading and trailing "],
    ["emoji 😀/naïve/日本語.ndjson"],
    ["k".repeat(1024)],
    ["double//slash/./and/../dots"],
  ])("with the key %s, into a file that is named by a hash", async (key) => {
    const bytes = content(2000);
    await put(key, bytes);
    const tmp = new TmpCache({ directory });
    await using object = await openObject({ client, bucket: BUCKET, key, tmp });
    expect([object.source, (await read(object)).equals(bytes)]).toEqual(["tmp", true]);
    expect((await readdir(directory)).every((name) => /^[0-9a-f]{64}\.2000$/.test(name))).toBe(true);
    await object.close({ remove: true });
  });

  it("that is empty", async () => {
    await put("empty", Buffer.alloc(0));
    for (const caches of [{}, { memory: new ObjectCache<RememberedObject>() }, { tmp: new TmpCache({ directory }) }]) {
      const object = await openObject({ client, bucket: BUCKET, key: "empty", ...caches });
      expect([object.size, (await read(object)).length]).toEqual([0, 0]);
    }
  });

  it("decoded, so that later hops seek in the decoded copy", async () => {
    const plain = content(3 * MIB);
    await put("data.gz", gzipSync(plain));
    const tmp = new TmpCache({ directory });
    const decode = {
      name: "gunzip",
      async *apply(source: AsyncIterable<Uint8Array>) {
        const slices: Uint8Array[] = [];
        for await (const slice of source) slices.push(slice);
        yield gunzipSync(Buffer.concat(slices));
      },
    };
    await using object = await openObject({ client, bucket: BUCKET, key: "data.gz", tmp, decode });
    expect([object.source, object.streamBytes]).toEqual(["tmp", plain.length]);
    expect((await read(object, 2 * MIB)).equals(plain.subarray(2 * MIB))).toBe(true);
  });

  it("from memory with one small request while it is unchanged; a replaced one is noticed", async () => {
    const id = { bucket: BUCKET, key: "tasks.json" };
    await put(id.key, Buffer.from(`{"tasks":[1]}`));
    const cache = new ObjectCache<unknown>();
    const load = objectLoader(client, id, (bytes) => JSON.parse(bytes.toString()));
    const outcomes = [(await cache.get(id, load)).outcome, (await cache.get(id, load)).outcome];
    await put(id.key, Buffer.from(`{"tasks":[2]}`));
    const changed = await cache.get(id, load);
    expect([...outcomes, changed.outcome, changed.value]).toEqual(["loaded", "fresh", "changed", { tasks: [2] }]);
  });

  it("until it is replaced, which is noticed at the next range and at the next opening", async () => {
    const etag = await put("replaced", content(3 * MIB));
    const options = { client, bucket: BUCKET, key: "replaced" };
    const object = await openObject({ ...options, ranges: { windowBytes: MIB, aheadBytes: MIB } });
    const slices = object.stream();
    await slices.next();
    await put("replaced", content(3 * MIB, 2));
    await expect(drained(slices)).rejects.toThrow(ObjectChangedError);
    await expect(openObject({ ...options, etag })).rejects.toThrow(ObjectChangedError);
  });

  it("or the error names what is missing: object, bucket, permission", async () => {
    const options = { client, bucket: BUCKET, key: "missing" };
    await expect(openObject(options)).rejects.toThrow(ObjectNotFoundError);
    await expect(openObject(options)).rejects.toThrow(`"missing" in bucket ${BUCKET}`);
    await expect(openObject({ ...options, bucket: "nowhere" })).rejects.toThrow(ObjectNotFoundError);
    refused.add("s3:GetObject");
    await expect(openObject(options)).rejects.toThrow(ObjectAccessDeniedError);
    await expect(openObject({ ...options, memory: new ObjectCache() })).rejects.toThrow("s3:GetObject on objects/*");
  });

  it("by two runs in one process that share the caches", async () => {
    const bytes = content(3 * MIB);
    await put("shared", bytes);
    const tmp = new TmpCache({ directory, maxBytes: 4 * MIB });
    const options = { client, bucket: BUCKET, key: "shared", tmp, download: { pieceBytes: MIB } };
    const [one, two] = await Promise.all([openObject(options), openObject(options)]);
    expect(authorized.filter((call) => call.startsWith("s3:GetObject")).length).toBe(2 + 3);
    await one.close({ remove: true });
    expect((await read(two)).equals(bytes)).toBe(true);
    await two.close();
    expect(await readdir(directory)).toEqual([]);
  });
});

describe("an output is written to S3 across hops", () => {
  const open = (key: string, options: Partial<OpenOutputOptions> = {}) =>
    openOutput({ client, bucket: BUCKET, key, run: `run of ${key}`, partBytes: 5 * MIB, ...options });
  const carried = (state: OutputState): OutputState => JSON.parse(JSON.stringify(state)) as OutputState;
  const checksumOf = async (Key: string) =>
    client.send(new HeadObjectCommand({ Bucket: BUCKET, Key, ChecksumMode: "ENABLED" }));

  it("byte for byte, in any number of hops, each with parts, tails and bytes that do not count", async () => {
    const whole = content(17 * MIB + 5);
    const warm = warmTails();
    let state: OutputState | undefined;
    let hops = 0;
    for (let at = 0; at < whole.length; hops++) {
      const out = await open("out/result.bin", {
        ...(state !== undefined && { state }),
        ...(hops % 2 === 0 && { warm }),
      });
      expect(out.bytes).toBe(at);
      const end = Math.min(whole.length, at + 3 * MIB + 11 * hops);
      for (; at < end; at = Math.min(end, at + 100_001))
        await out.write(whole.subarray(at, Math.min(end, at + 100_001)));
      at = end;
      const mark = out.mark();
      if (at === whole.length) {
        const made = await out.complete();
        expect(made).toMatchObject({ bytes: whole.length, parts: 4, wasComplete: false });
        break;
      }
      await out.write(content(hops * MIB, 99)); // a step that the watchdog cut off
      state = carried(await persistOutput(mark, "handoff"));
      expect(JSON.stringify(state).length).toBeLessThan(600);
    }
    expect(hops).toBeGreaterThan(4);
    expect((await stored("out/result.bin")).equals(whole)).toBe(true);
    expect(await keysUnder("out/")).toEqual(["out/result.bin"]);
    const head = await checksumOf("out/result.bin");
    expect(head.ChecksumType).toBe("FULL_OBJECT");
    expect(head.Metadata).toEqual({ "longhaul-run": encodeURIComponent("run of out/result.bin") });
  });

  it("exactly, when a hop dies after uploading parts and the next takes over from an older safe point", async () => {
    const whole = content(12 * MIB);
    const first = await open("crash.bin");
    await first.write(whole.subarray(0, 6 * MIB));
    const state = carried(await first.persist());
    await first.write(content(9 * MIB, 7)); // uploads part 2, and a third, of bytes that will not count
    await first.persist();
    const second = await open("crash.bin", { state });
    await second.write(whole.subarray(6 * MIB));
    const made = await second.complete();
    expect([made.parts, (await stored("crash.bin")).equals(whole)]).toEqual([3, true]);
    expect(await keysUnder(".longhaul/")).toEqual([]);
  });

  it("once: a second attempt at the end finds it complete", async () => {
    const whole = content(7 * MIB);
    const first = await open("twice.bin");
    await first.write(whole.subarray(0, 6 * MIB));
    const state = carried(await first.persist());
    await first.write(whole.subarray(6 * MIB));
    const made = await first.complete();
    const again = await open("twice.bin", { state });
    await again.write(whole.subarray(6 * MIB));
    expect(await again.complete()).toMatchObject({ bytes: made.bytes, etag: made.etag, wasComplete: true });
  });

  it.each([
    ["empty", 0],
    ["small", 1000],
    ["just below a part", 5 * MIB - 1],
  ])("in one call if it is %s", async (name, bytes) => {
    const whole = content(bytes);
    const out = await open(`small/${name}`);
    await out.write(whole);
    expect((await out.complete()).parts).toBe(0);
    expect((await stored(`small/${name}`)).equals(whole)).toBe(true);
  });

  it("or not at all, if something else overwrote a part with other bytes", async () => {
    const out = await open("damaged.bin");
    await out.write(content(6 * MIB));
    const state = carried(await out.suspend());
    const zombie = await open("damaged.bin", {
      state: { ...state, bytes: 0, crc32: 0, tail: undefined } as unknown as OutputState,
    });
    await zombie.write(content(5 * MIB, 2));
    await zombie.persist();
    const next = await open("damaged.bin", { state });
    await expect(next.complete()).rejects.toThrow(OutputDamagedError);
    await expect(stored("damaged.bin")).rejects.toThrow();
  });

  it("and given up without a trace", async () => {
    const out = await open("aborted/out.bin");
    await out.write(content(6 * MIB));
    const state = carried(await out.suspend());
    expect((await keysUnder("aborted/")).length).toBe(1);
    await abortOutput({ client, bucket: BUCKET, key: "aborted/out.bin", run: "run of aborted/out.bin" }, state);
    expect(await keysUnder("aborted/")).toEqual([]);
    const parts = client.send(
      new ListPartsCommand({ Bucket: BUCKET, Key: "aborted/out.bin", UploadId: state.uploadId! }),
    );
    await expect(parts).rejects.toThrow(expect.objectContaining({ name: "NoSuchUpload" }));
  });

  it("with the permissions that the documentation names, and no other", async () => {
    const out = await open("allowed/out.bin");
    await out.write(content(6 * MIB));
    const next = await open("allowed/out.bin", { state: carried(await out.suspend()) });
    await next.write("end");
    await next.complete();
    await (await open("allowed/other.bin")).abort();
    const actions = new Set(authorized.map((call) => call.split(" ")[0]));
    const named = [
      "s3:PutObject",
      "s3:GetObject",
      "s3:DeleteObject",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
      "s3:ListBucket",
    ];
    expect([...actions].filter((action) => !named.includes(action!))).toEqual([]);
  });

  it("or says which permission is missing", async () => {
    refused.add("s3:PutObject");
    const out = await open("denied.bin");
    await out.write("x");
    await expect(out.complete()).rejects.toThrow("s3:PutObject on objects/*");
  });
});
