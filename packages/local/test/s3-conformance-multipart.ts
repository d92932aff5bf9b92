import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { S3Check } from "./s3-conformance.ts";
import { bytes, patternBytes, put, rejectsWith, text } from "./s3-expect.ts";

const MIB = 1024 * 1024;
const PART = patternBytes(5 * MIB, 11);

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

async function begin(client: S3Client, Bucket: string, Key = "k", more: object = {}): Promise<Upload> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  assert.ok(UploadId !== undefined);
  return { Bucket, Key, UploadId };
}

async function part(
  client: S3Client,
  upload: Upload,
  PartNumber: number,
  Body: Uint8Array | string,
): Promise<CompletedPart> {
  const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  return { PartNumber, ETag };
}

function complete(client: S3Client, upload: Upload, Parts: CompletedPart[], more: object = {}) {
  return client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));
}

const etagOf = (...parts: (Uint8Array | string)[]): string => {
  const whole = createHash("md5");
  for (const each of parts) whole.update(createHash("md5").update(each).digest());
  return `"${whole.digest("hex")}-${parts.length}"`;
};

/** Multipart uploads. */
export const multipartChecks: readonly S3Check[] = [
  {
    name: "parts uploaded in any order become one object with the entity tag of their tags",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket(), "k", { ContentType: "text/csv", Metadata: { a: "1" } });
      const last = await part(client, upload, 7, "tail");
      const first = await part(client, upload, 2, PART);
      await rejectsWith(client.send(new GetObjectCommand({ Bucket: upload.Bucket, Key: "k" })), "NoSuchKey", 404);
      const { ETag } = await complete(client, upload, [first, last]);
      assert.equal(ETag, etagOf(PART, "tail"));
      const read = await client.send(new GetObjectCommand({ Bucket: upload.Bucket, Key: "k" }));
      assert.ok(
        Buffer.concat([PART, Buffer.from("tail")]).equals((await read.Body?.transformToByteArray()) ?? Buffer.alloc(0)),
      );
      assert.equal(read.ContentType, "text/csv");
      assert.deepEqual(read.Metadata, { a: "1" });
      const across = await bytes(client, upload.Bucket, "k", `bytes=${PART.length - 2}-${PART.length + 1}`);
      assert.ok(Buffer.concat([PART.subarray(-2), Buffer.from("ta")]).equals(across));
    },
  },
  {
    name: "a part of a complete object is read by its number",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket());
      await complete(client, upload, [await part(client, upload, 1, PART), await part(client, upload, 2, "tail")]);
      const second = await client.send(new GetObjectCommand({ Bucket: upload.Bucket, Key: "k", PartNumber: 2 }));
      assert.equal(second.ContentLength, 4);
      assert.equal(await second.Body?.transformToString(), "tail");
      assert.equal(second.PartsCount, 2);
    },
  },
  {
    name: "a part number uploaded again replaces the part",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket());
      const old = await part(client, upload, 1, "old");
      const replaced = await part(client, upload, 1, "new");
      await rejectsWith(complete(client, upload, [old]), "InvalidPart", 400);
      await complete(client, upload, [replaced]);
      assert.equal(await text(client, upload.Bucket, "k"), "new");
    },
  },
  {
    name: "ListParts gives number, size and tag, in pages",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket());
      for (const number of [30, 1, 200]) await part(client, upload, number, `part ${number}`);
      const whole = await client.send(new ListPartsCommand(upload));
      assert.deepEqual(
        whole.Parts?.map((each) => [each.PartNumber, each.Size]),
        [
          [1, 6],
          [30, 7],
          [200, 8],
        ],
      );
      assert.equal(whole.Parts?.[0]?.ETag, `"${createHash("md5").update("part 1").digest("hex")}"`);
      const first = await client.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
      assert.equal(first.IsTruncated, true);
      const rest = await client.send(new ListPartsCommand({ ...upload, PartNumberMarker: first.NextPartNumberMarker }));
      assert.deepEqual(
        rest.Parts?.map((each) => each.PartNumber),
        [200],
      );
      assert.equal(rest.IsTruncated, false);
    },
  },
  {
    name: "only the last part may be smaller than 5 MiB",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket());
      const one = await part(client, upload, 1, "small");
      const two = await part(client, upload, 2, "small");
      await rejectsWith(complete(client, upload, [one, two]), "EntityTooSmall", 400);
      await complete(client, upload, [two]);
      assert.equal(await text(client, upload.Bucket, "k"), "small");
    },
  },
  {
    name: "a list of parts that is out of order, unknown or empty is refused",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket());
      const one = await part(client, upload, 1, PART);
      const two = await part(client, upload, 2, PART);
      await rejectsWith(complete(client, upload, [two, one]), "InvalidPartOrder", 400);
      await rejectsWith(complete(client, upload, [one, { ...two, PartNumber: 3 }]), "InvalidPart", 400);
      await rejectsWith(complete(client, upload, []), "InvalidRequest", 400);
      await complete(client, upload, [one, two]);
    },
  },
  {
    name: "part numbers run from 1 to 10,000",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket());
      await part(client, upload, 10_000, "x");
      await rejectsWith(part(client, upload, 0, "x"), "InvalidArgument", 400);
      await rejectsWith(part(client, upload, 10_001, "x"), "InvalidArgument", 400);
    },
  },
  {
    name: "an aborted or unknown upload is NoSuchUpload",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket());
      await part(client, upload, 1, "x");
      await client.send(new AbortMultipartUploadCommand(upload));
      await rejectsWith(part(client, upload, 2, "x"), "NoSuchUpload", 404);
      await rejectsWith(client.send(new ListPartsCommand(upload)), "NoSuchUpload", 404);
      await rejectsWith(complete(client, upload, [{ PartNumber: 1, ETag: '"x"' }]), "NoSuchUpload", 404);
      await rejectsWith(client.send(new AbortMultipartUploadCommand(upload)), "NoSuchUpload", 404);
    },
  },
  {
    name: "completing again with the same parts gives the same answer; parts and aborts are NoSuchUpload then",
    async run(client, newBucket) {
      const upload = await begin(client, await newBucket());
      const one = await part(client, upload, 1, "x");
      const first = await complete(client, upload, [one]);
      const again = await complete(client, upload, [one]);
      assert.equal(again.ETag, first.ETag);
      await rejectsWith(part(client, upload, 2, "x"), "NoSuchUpload", 404);
      await rejectsWith(client.send(new ListPartsCommand(upload)), "NoSuchUpload", 404);
    },
  },
  {
    name: "completing can create only, or compare and swap",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const etag = await put(client, Bucket, "k", "there");
      const upload = await begin(client, Bucket);
      const one = await part(client, upload, 1, "new");
      await rejectsWith(complete(client, upload, [one], { IfNoneMatch: "*" }), "PreconditionFailed", 412);
      await rejectsWith(complete(client, upload, [one], { IfMatch: '"other"' }), "PreconditionFailed", 412);
      await complete(client, upload, [one], { IfMatch: etag });
      assert.equal(await text(client, Bucket, "k"), "new");
    },
  },
  {
    name: "20 uploads completed at once that create only: exactly one wins",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const races = Array.from({ length: 20 }, async (_, writer) => {
        const upload = await begin(client, Bucket);
        const one = await part(client, upload, 1, `writer ${writer}`);
        return complete(client, upload, [one], { IfNoneMatch: "*" }).then(
          () => writer,
          () => undefined,
        );
      });
      const winners = (await Promise.all(races)).filter((writer) => writer !== undefined);
      assert.equal(winners.length, 1);
      assert.equal(await text(client, Bucket, "k"), `writer ${winners[0]}`);
    },
  },
  {
    name: "a part can be copied from a range of an object",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await put(client, Bucket, "source/ü", "0123456789");
      const upload = await begin(client, Bucket);
      const copy = await client.send(
        new UploadPartCopyCommand({
          ...upload,
          PartNumber: 1,
          CopySource: `${Bucket}/source/${encodeURIComponent("ü")}`,
          CopySourceRange: "bytes=2-5",
        }),
      );
      assert.equal(copy.CopyPartResult?.ETag, `"${createHash("md5").update("2345").digest("hex")}"`);
      await complete(client, upload, [{ PartNumber: 1, ETag: copy.CopyPartResult?.ETag }]);
      assert.equal(await text(client, Bucket, "k"), "2345");
    },
  },
  {
    name: "uploads in progress are listed by key, in pages",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const b = await begin(client, Bucket, "b");
      const a1 = await begin(client, Bucket, "a/1");
      const a2 = await begin(client, Bucket, "a/2");
      const whole = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      assert.deepEqual(
        whole.Uploads?.map((each) => each.UploadId),
        [a1.UploadId, a2.UploadId, b.UploadId],
      );
      const first = await client.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 2 }));
      assert.equal(first.IsTruncated, true);
      const rest = await client.send(
        new ListMultipartUploadsCommand({
          Bucket,
          KeyMarker: first.NextKeyMarker,
          UploadIdMarker: first.NextUploadIdMarker,
        }),
      );
      assert.deepEqual(
        rest.Uploads?.map((each) => each.Key),
        ["b"],
      );
      const rolled = await client.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: "/" }));
      assert.deepEqual(
        rolled.CommonPrefixes?.map((each) => each.Prefix),
        ["a/"],
      );
      assert.deepEqual(
        rolled.Uploads?.map((each) => each.Key),
        ["b"],
      );
    },
  },
  {
    name: "an upload made with a composite checksum demands each part's, and has one of them all",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const upload = await begin(client, Bucket, "k", { ChecksumAlgorithm: "SHA256" });
      const sha = (data: Uint8Array | string) => createHash("sha256").update(data).digest();
      const send = async (PartNumber: number, Body: Uint8Array | string): Promise<CompletedPart> => {
        const sent = await client.send(
          new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: "SHA256" }),
        );
        assert.equal(sent.ChecksumSHA256, sha(Body).toString("base64"));
        return { PartNumber, ETag: sent.ETag, ChecksumSHA256: sent.ChecksumSHA256 };
      };
      const parts = [await send(1, PART), await send(2, "tail")];
      const without = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
      await rejectsWith(complete(client, upload, without), "InvalidRequest", 400);
      const wrong = parts.map((each) => ({ ...each, ChecksumSHA256: sha("other").toString("base64") }));
      await rejectsWith(complete(client, upload, wrong), "InvalidPart", 400);
      const expected = `${createHash("sha256").update(sha(PART)).update(sha("tail")).digest("base64")}-2`;
      const done = await complete(client, upload, parts);
      assert.equal(done.ChecksumSHA256, expected);
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
      assert.equal(head.ChecksumSHA256, expected);
      assert.equal(head.ChecksumType, "COMPOSITE");
    },
  },
  {
    name: "a full-object CRC of a multipart upload is the CRC of its bytes",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      for (const [algorithm, field] of [
        ["CRC32", "ChecksumCRC32"],
        ["CRC64NVME", "ChecksumCRC64NVME"],
      ] as const) {
        const upload = await begin(client, Bucket, algorithm, {
          ChecksumAlgorithm: algorithm,
          ChecksumType: "FULL_OBJECT",
        });
        const parts: CompletedPart[] = [];
        const bodies = [PART, Buffer.from("tail")];
        for (const [at, Body] of bodies.entries()) {
          const sent = await client.send(
            new UploadPartCommand({ ...upload, PartNumber: at + 1, Body, ChecksumAlgorithm: algorithm }),
          );
          parts.push({ PartNumber: at + 1, ETag: sent.ETag, [field]: sent[field] });
        }
        await complete(client, upload, parts);
        const whole = { Bucket, Key: "whole", Body: Buffer.concat(bodies), ChecksumAlgorithm: algorithm };
        const single = await client.send(new PutObjectCommand(whole));
        const head = await client.send(new HeadObjectCommand({ Bucket, Key: algorithm, ChecksumMode: "ENABLED" }));
        assert.equal(head.ChecksumType, "FULL_OBJECT");
        assert.ok(head[field] !== undefined);
        assert.equal(head[field], single[field]);
      }
    },
  },
  ...(
    [
      ...(["CRC32", "CRC32C", "SHA1", "SHA256"] as const).map((algorithm) => ({
        algorithm,
        type: "COMPOSITE" as const,
      })),
      ...(["CRC32", "CRC32C", "CRC64NVME"] as const).map((algorithm) => ({ algorithm, type: "FULL_OBJECT" as const })),
    ] as const
  ).map(({ algorithm, type }) => ({
    name: `completing an upload verifies the object's ${algorithm} of type ${type}, if it is given`,
    async run(client: S3Client, newBucket: () => Promise<string>) {
      const Bucket = await newBucket();
      const field = `Checksum${algorithm}` as const;
      const upload = await begin(client, Bucket, "k", { ChecksumAlgorithm: algorithm, ChecksumType: type });
      const bodies = [PART, Buffer.from("tail")];
      const parts: CompletedPart[] = [];
      for (const [at, Body] of bodies.entries()) {
        const part = { ...upload, PartNumber: at + 1, Body, ChecksumAlgorithm: algorithm };
        const sent = await client.send(new UploadPartCommand(part));
        parts.push({ PartNumber: at + 1, ETag: sent.ETag, [field]: sent[field] });
      }
      // The SDK computes it, over the bytes of the object or over the digests of its parts.
      const digests = parts.map((part) => Buffer.from(part[field] ?? "", "base64"));
      const Body = Buffer.concat(type === "COMPOSITE" ? digests : bodies);
      const whole = await client.send(new PutObjectCommand({ Bucket, Key: "w", Body, ChecksumAlgorithm: algorithm }));
      const suffix = type === "COMPOSITE" ? "-2" : "";
      const expected = `${whole[field]}${suffix}`;
      const zeros = Buffer.alloc(Buffer.from(whole[field] ?? "", "base64").length).toString("base64");
      const finish = (more: object) =>
        client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts }, ...more }));
      await rejectsWith(finish({ [field]: `${zeros}${suffix}` }), "BadDigest", 400);
      const otherType = type === "COMPOSITE" ? "FULL_OBJECT" : "COMPOSITE";
      await rejectsWith(finish({ [field]: expected, ChecksumType: otherType }), "InvalidRequest", 400);
      const otherField = algorithm === "SHA1" ? "ChecksumCRC32" : "ChecksumSHA1";
      const otherZeros = Buffer.alloc(algorithm === "SHA1" ? 4 : 20).toString("base64");
      // Without its type it is taken for a composite one, which an upload with a checksum of the whole does not have.
      const isTaken = type === "FULL_OBJECT" && algorithm !== "CRC64NVME";
      const code = isTaken ? "BadDigest" : "InvalidRequest";
      await rejectsWith(finish({ [otherField]: otherZeros }), code, 400);
      const done = await finish({ [field]: expected, ChecksumType: type });
      assert.equal(done[field], expected);
      assert.equal(done.ChecksumType, type);
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
      assert.equal(head[field], expected);
    },
  })),
];
