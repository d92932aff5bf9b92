import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { ChecksumAlgorithm, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Check } from "./s3-conformance.ts";
import { patternBytes, rejectsWith } from "./s3-expect.ts";

/** The check values that the algorithms' definitions give for the text `123456789`. */
const CHECK_VALUES = {
  CRC32: "y/Q5Jg==",
  CRC32C: "4waSgw==",
  CRC64NVME: "rosUhgp5mIg=",
  SHA1: "98O8HYCOBHMq32eZZczDTKeuNEE=",
  SHA256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
} as const;
type Algorithm = keyof typeof CHECK_VALUES;
const ALGORITHMS = Object.keys(CHECK_VALUES) as Algorithm[];

const checksumInput = (algorithm: Algorithm, value: string): object => ({ [`Checksum${algorithm}`]: value });

/** Checksums: verified on the way in, kept, and returned when asked for. */
export const integrityChecks: readonly S3Check[] = [
  ...ALGORITHMS.map(
    (algorithm): S3Check => ({
      name: `${algorithm} is verified, kept and returned`,
      async run(client, newBucket) {
        const Bucket = await newBucket();
        const value = CHECK_VALUES[algorithm];
        const input = { Bucket, Key: "k", Body: "123456789", ...checksumInput(algorithm, value) };
        await client.send(new PutObjectCommand(input));
        const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
        assert.equal(head[`Checksum${algorithm}`], value);
        assert.equal(head.ChecksumType, "FULL_OBJECT");
        const silent = await client.send(new HeadObjectCommand({ Bucket, Key: "k" }));
        assert.equal(silent[`Checksum${algorithm}`], undefined);
      },
    }),
  ),
  ...ALGORITHMS.map(
    (algorithm): S3Check => ({
      name: `a wrong ${algorithm} is a BadDigest and leaves no object`,
      async run(client, newBucket) {
        const Bucket = await newBucket();
        const input = { Bucket, Key: "k", Body: "12345678X", ...checksumInput(algorithm, CHECK_VALUES[algorithm]) };
        await rejectsWith(client.send(new PutObjectCommand(input)), "BadDigest", 400);
        await rejectsWith(client.send(new GetObjectCommand({ Bucket, Key: "k" })), "NoSuchKey", 404);
      },
    }),
  ),
  ...[ChecksumAlgorithm.CRC32, ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256].map(
    (algorithm): S3Check => ({
      name: `a stream with a ${algorithm} trailer is verified by both sides`,
      async run(client, newBucket) {
        const Bucket = await newBucket();
        const body = patternBytes(300_001, 3);
        await client.send(
          new PutObjectCommand({
            Bucket,
            Key: "k",
            Body: Readable.from([body.subarray(0, 100_000), body.subarray(100_000)]),
            ContentLength: body.length,
            ChecksumAlgorithm: algorithm,
          }),
        );
        const read = await client.send(new GetObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
        assert.ok(body.equals((await read.Body?.transformToByteArray()) ?? Buffer.alloc(0)));
        assert.ok(read[`Checksum${algorithm}` as "ChecksumCRC32"] !== undefined);
      },
    }),
  ),
  {
    name: "Content-MD5 is verified",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const md5 = (data: string) => createHash("md5").update(data).digest("base64");
      const input = { Bucket, Key: "k", Body: "hello" };
      await client.send(new PutObjectCommand({ ...input, ContentMD5: md5("hello") }));
      await rejectsWith(client.send(new PutObjectCommand({ ...input, ContentMD5: md5("jello") })), "BadDigest", 400);
      await rejectsWith(client.send(new PutObjectCommand({ ...input, ContentMD5: "bm90bWQ1" })), "InvalidDigest", 400);
    },
  },
  {
    name: "a range is not sent with the checksum of the whole",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "123456789" }));
      const read = await client.send(
        new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=1-2", ChecksumMode: "ENABLED" }),
      );
      assert.equal(await read.Body?.transformToString(), "23");
      assert.equal(read.ChecksumCRC32, undefined);
    },
  },
];
