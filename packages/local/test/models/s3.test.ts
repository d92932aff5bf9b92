import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  type ListObjectsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type S3Server, startS3Server } from "../s3-server.ts";
import { compareWithModel, step } from "./model-run.ts";
import { byBytes, type ListedPart, type ModelConditions, md5, S3Model, type S3Refusal } from "./s3-model.ts";

const mebibyte = 1024 * 1024;
/** So many that the bodies of requests made at once are under way at once. */
const raceBytes = 100_000;
/** The last page of a listing, for the next one. */
type Page = { readonly token: string; readonly last: string; readonly prefix: string; readonly delimiter: string };
type S3 = {
  readonly client: S3Client;
  readonly Bucket: string;
  page: Page | undefined;
  uploadIds: string[];
  races: number;
};

let server: S3Server;
let buckets = 0;

beforeAll(async () => {
  server = await startS3Server();
  await server.service.createBucket("large-parts");
  server.service.loadKeys("large-parts", [{ key: "zeros", size: 6 * mebibyte }]);
});
afterAll(() => server.close());

async function setUp() {
  buckets += 1;
  const Bucket = `model-${buckets}`;
  await server.service.createBucket(Bucket);
  const real: S3 = { client: server.client, Bucket, page: undefined, uploadIds: [], races: 0 };
  return { model: new S3Model(), real };
}

/** The answer of a call, or the code of its error. HEAD has no code in its answer. */
async function outcome<T>(call: Promise<T>): Promise<{ readonly value?: T; readonly code?: string }> {
  return call.then(
    (value) => ({ value }),
    (error: Error) => ({ code: error.name === "NotFound" ? "NoSuchKey" : error.name }),
  );
}

function expectAgreement(code: string | undefined, refusal: S3Refusal): void {
  if (refusal === undefined) expect(code).toBeUndefined();
  else expect(refusal).toContain(code);
}

const s3Step = (name: string, run: (model: S3Model, real: S3) => Promise<void>) => step<S3Model, S3>(name, run);

const anyKey = fc.constantFrom("a", "a/", "a/b", "a/b/c", "a-b", "a b", "b", "b/c", "é", "\u{ff5e}", "😀", "%2F+&");
const body = fc.constantFrom("", "x", "hello, object").map((text) => Buffer.from(text));
const label = fc.constantFrom(undefined, "red", "blue");
const condition = fc.constantFrom("none", "none", "create", "same", "other", "of another key");
const pick = fc.constantFrom(0, 0, 0, 0, 1, 2);
/** So few that uploads and writes meet. */
const sharedKey = fc.constantFrom("a", "b");

/** Entity tags are drawn from what is there, so that conditions hold as often as not. */
function conditionsOf(kind: string, model: S3Model, key: string): ModelConditions {
  if (kind === "create") return { ifNoneMatch: "*" };
  if (kind === "same") return { ifMatch: model.objects.get(key)?.etag ?? md5(Buffer.from("x")) };
  if (kind === "other") return { ifMatch: "0123456789abcdef0123456789abcdef" };
  if (kind === "of another key") return { ifMatch: [...model.objects.values()][0]?.etag ?? "none" };
  return {};
}

function sdkConditions({ ifMatch, ifNoneMatch }: ModelConditions) {
  return {
    ...(ifMatch !== undefined && { IfMatch: `"${ifMatch}"` }),
    ...(ifNoneMatch !== undefined && { IfNoneMatch: ifNoneMatch }),
  };
}

const metadata = (label: string | undefined) => (label === undefined ? {} : { Metadata: { label } });
const bare = (etag: string | undefined) => etag?.replace(/^"(.*)"$/, "$1");

const writeSteps = (key: fc.Arbitrary<string>) => [
  fc.tuple(key, body, label, condition).map(([key, body, label, condition]) =>
    s3Step(`put ${key} of ${body.length} bytes, label ${label}, if ${condition}`, async (model, { client, Bucket }) => {
      const conditions = conditionsOf(condition, model, key);
      const input = { Bucket, Key: key, Body: body, ...metadata(label), ...sdkConditions(conditions) };
      const { value, code } = await outcome(client.send(new PutObjectCommand(input)));
      expectAgreement(code, model.put(key, body, label, conditions));
      if (value) expect(bare(value.ETag)).toBe(model.objects.get(key)?.etag);
    }),
  ),
  fc.tuple(key, fc.integer({ min: 2, max: 6 }), fc.boolean()).map(([key, writers, isSwap]) =>
    s3Step(`${writers} at once ${isSwap ? "swap" : "create"} ${key}`, async (model, real) => {
      const { client, Bucket } = real;
      const conditions = conditionsOf(isSwap ? "same" : "create", model, key);
      real.races += 1;
      const bodies = Array.from({ length: writers }, (_, writer) =>
        Buffer.alloc(raceBytes, `${real.races}, writer ${writer}`),
      );
      const outcomes = await Promise.all(
        bodies.map((Body) =>
          outcome(client.send(new PutObjectCommand({ Bucket, Key: key, Body, ...sdkConditions(conditions) }))),
        ),
      );
      const winners = bodies.filter((_, writer) => outcomes[writer]?.code === undefined);
      const canWin = model.put(key, winners[0] ?? Buffer.from("nobody"), undefined, conditions) === undefined;
      expect(winners).toHaveLength(canWin ? 1 : 0);
    }),
  ),
];

const readSteps = (key: fc.Arbitrary<string>) => [
  fc.tuple(key, condition).map(([key, condition]) =>
    s3Step(`get ${key}, if ${condition}`, async (model, { client, Bucket }) => {
      const object = model.objects.get(key);
      const { ifMatch } = conditionsOf(condition, model, key);
      const isNot = condition === "create";
      const IfNoneMatch = isNot ? `"${object?.etag}"` : undefined;
      const input = { Bucket, Key: key, ...(ifMatch !== undefined && { IfMatch: `"${ifMatch}"` }), IfNoneMatch };
      const Range = object && object.parts.length > 1 ? "bytes=-20" : undefined;
      const { value, code } = await outcome(client.send(new GetObjectCommand({ ...input, Range })));
      if (!object) return expect(code).toBe("NoSuchKey");
      if (isNot) return expect(["NotModified", "304", "Unknown"]).toContain(code);
      if (ifMatch !== undefined && ifMatch !== object.etag) return expect(code).toBe("PreconditionFailed");
      const all = Buffer.concat(object.parts);
      const bytes = Buffer.from((await value?.Body?.transformToByteArray()) ?? []);
      expect(bytes.equals(Range ? all.subarray(-20) : all)).toBe(true);
      expect([bare(value?.ETag), value?.Metadata?.label]).toEqual([object.etag, object.label]);
    }),
  ),
  fc.tuple(key, fc.nat({ max: 15 }), fc.nat({ max: 15 })).map(([key, first, length]) =>
    s3Step(`get bytes ${first}-${first + length} of ${key}`, async (model, { client, Bucket }) => {
      const object = model.objects.get(key);
      const Range = `bytes=${first}-${first + length}`;
      const { value, code } = await outcome(client.send(new GetObjectCommand({ Bucket, Key: key, Range })));
      if (!object) return expect(code).toBe("NoSuchKey");
      const all = Buffer.concat(object.parts);
      if (first >= all.length) return expect(code).toBe("InvalidRange");
      const bytes = Buffer.from((await value?.Body?.transformToByteArray()) ?? []);
      expect(bytes.equals(all.subarray(first, first + length + 1))).toBe(true);
      expect(value?.ContentRange).toBe(`bytes ${first}-${first + bytes.length - 1}/${all.length}`);
    }),
  ),
  key.map((key) =>
    s3Step(`head ${key}`, async (model, { client, Bucket }) => {
      const object = model.objects.get(key);
      const { value, code } = await outcome(client.send(new HeadObjectCommand({ Bucket, Key: key })));
      if (!object) return expect(code).toBe("NoSuchKey");
      const size = object.parts.reduce((total, part) => total + part.length, 0);
      expect([value?.ContentLength, bare(value?.ETag), value?.Metadata?.label]).toEqual([
        size,
        object.etag,
        object.label,
      ]);
    }),
  ),
];

const deleteSteps = (key: fc.Arbitrary<string>) => [
  fc.tuple(key, fc.constantFrom("none", "same", "other", "any")).map(([key, condition]) =>
    s3Step(`delete ${key}, if ${condition}`, async (model, { client, Bucket }) => {
      const ifMatch = condition === "any" ? "*" : conditionsOf(condition, model, key).ifMatch;
      const IfMatch = ifMatch === undefined || ifMatch === "*" ? ifMatch : `"${ifMatch}"`;
      const { code } = await outcome(client.send(new DeleteObjectCommand({ Bucket, Key: key, IfMatch })));
      expectAgreement(code, model.delete(key, ifMatch));
    }),
  ),
  fc.uniqueArray(key, { minLength: 1, maxLength: 4 }).map((keys) =>
    s3Step(`delete ${keys.join()} at once`, async (model, { client, Bucket }) => {
      const Delete = { Objects: keys.map((Key) => ({ Key })) };
      const { value } = await outcome(client.send(new DeleteObjectsCommand({ Bucket, Delete })));
      for (const key of keys) model.delete(key);
      expect([value?.Deleted?.map(({ Key }) => Key).sort(), value?.Errors]).toEqual([[...keys].sort(), undefined]);
    }),
  ),
];

const copySteps = (key: fc.Arbitrary<string>) => [
  fc.tuple(key, key, label, fc.constantFrom("none", "none", "same", "other")).map(([from, to, label, condition]) =>
    s3Step(`copy ${from} to ${to}, label ${label}, if ${condition}`, async (model, { client, Bucket }) => {
      const { ifMatch } = conditionsOf(condition, model, from);
      const input = {
        Bucket,
        Key: to,
        CopySource: `${Bucket}/${encodeURIComponent(from)}`,
        ...(label !== undefined && { MetadataDirective: "REPLACE" as const }),
        ...metadata(label),
        ...(ifMatch !== undefined && { CopySourceIfMatch: `"${ifMatch}"` }),
      };
      const { value, code } = await outcome(client.send(new CopyObjectCommand(input)));
      expectAgreement(code, model.copy(from, to, label, ifMatch));
      if (value) expect(bare(value.CopyObjectResult?.ETag)).toBe(model.objects.get(to)?.etag);
    }),
  ),
];

const prefix = fc.constantFrom("", "", "a", "a/", "a/b/", "é", "c");
const delimiter = fc.constantFrom("", "/", "/b", "b");
const after = fc.constantFrom("", "", "a", "a/", "a/a", "a/b", "a.", "b/c", "z", "\u{ff5e}");

/** The keys and prefixes of one page, in order. */
function resultsOf(page: ListObjectsCommandOutput | ListObjectsV2CommandOutput): string[] {
  const keys = (page.Contents ?? []).map(({ Key = "" }) => Key);
  return [...keys, ...(page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix)].sort(byBytes);
}

const listingSteps = [
  fc.tuple(prefix, delimiter, after, fc.integer({ min: 1, max: 5 })).map(([prefix, delimiter, after, most]) =>
    s3Step(`list ${most} of ${prefix} by ${delimiter} after ${after}`, async (model, real) => {
      const { client, Bucket } = real;
      const input = { Bucket, Prefix: prefix, Delimiter: delimiter, StartAfter: after || undefined, MaxKeys: most };
      const page = await client.send(new ListObjectsV2Command(input));
      const all = model.list({ prefix, delimiter, after });
      expect([resultsOf(page), page.IsTruncated]).toEqual([all.slice(0, most), all.length > most]);
      const token = page.NextContinuationToken;
      real.page = token === undefined ? undefined : { token, last: all[most - 1] ?? "", prefix, delimiter };
    }),
  ),
  fc.integer({ min: 1, max: 5 }).map((most) =>
    s3Step(`list ${most} more`, async (model, real) => {
      const { client, Bucket, page: before } = real;
      if (!before) return;
      const { prefix, delimiter, token, last } = before;
      const input = { Bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token, MaxKeys: most };
      const page = await client.send(new ListObjectsV2Command(input));
      const all = model.list({ prefix, delimiter, after: last });
      expect([resultsOf(page), page.IsTruncated]).toEqual([all.slice(0, most), all.length > most]);
      const next = page.NextContinuationToken;
      real.page = next === undefined ? undefined : { ...before, token: next, last: all[most - 1] ?? "" };
    }),
  ),
  fc.tuple(prefix, delimiter, after, fc.integer({ min: 1, max: 5 })).map(([prefix, delimiter, after, most]) =>
    s3Step(`list ${most} of ${prefix} by ${delimiter} from marker ${after}`, async (model, { client, Bucket }) => {
      const input = { Bucket, Prefix: prefix, Delimiter: delimiter, Marker: after || undefined, MaxKeys: most };
      const page = await client.send(new ListObjectsCommand(input));
      const all = model.list({ prefix, delimiter, after });
      expect([resultsOf(page), page.IsTruncated]).toEqual([all.slice(0, most), all.length > most]);
      // "Returned only if you have the delimiter request parameter specified": API_ListObjects.
      expect(page.NextMarker).toBe(delimiter !== "" && all.length > most ? all[most - 1] : undefined);
    }),
  ),
];

/** As large as a part must be that is not the last, and one byte less. */
const largeParts = [Buffer.alloc(5 * mebibyte), Buffer.alloc(5 * mebibyte - 1)];
const partNumber = fc.constantFrom(1, 1, 2, 2, 3);
const completion = fc.constantFrom("none", "none", "none", "same", "same", "create", "other");
const uploadAt = (real: S3, pick: number) => real.uploadIds[real.uploadIds.length - 1 - pick];
const keyOf = new Map<string, string>();

const uploadSteps = {
  begin: fc.tuple(sharedKey, label).map(([key, label]) =>
    s3Step(`begin an upload to ${key}, label ${label}`, async (model, real) => {
      const input = { Bucket: real.Bucket, Key: key, ...metadata(label) };
      const { UploadId = "" } = await real.client.send(new CreateMultipartUploadCommand(input));
      real.uploadIds.push(UploadId);
      keyOf.set(UploadId, key);
      model.createUpload(UploadId, key, label);
    }),
  ),
  part: fc.tuple(pick, partNumber, body).map(([pick, PartNumber, body]) =>
    s3Step(`upload part ${PartNumber} of ${body.length} bytes, upload ${pick}`, async (model, real) => {
      const UploadId = uploadAt(real, pick);
      if (UploadId === undefined) return;
      const input = { Bucket: real.Bucket, Key: keyOf.get(UploadId), UploadId, PartNumber, Body: body };
      const { value, code } = await outcome(real.client.send(new UploadPartCommand(input)));
      expectAgreement(code, model.uploadPart(UploadId, PartNumber, body));
      if (value) expect(bare(value.ETag)).toBe(md5(body));
    }),
  ),
  largePart: fc.tuple(pick, partNumber, fc.constantFrom(...largeParts)).map(([pick, PartNumber, part]) =>
    s3Step(`copy part ${PartNumber} of ${part.length} bytes, upload ${pick}`, async (model, real) => {
      const UploadId = uploadAt(real, pick);
      if (UploadId === undefined) return;
      const from = { CopySource: "large-parts/zeros", CopySourceRange: `bytes=0-${part.length - 1}` };
      const input = { Bucket: real.Bucket, Key: keyOf.get(UploadId), UploadId, PartNumber, ...from };
      const { code } = await outcome(real.client.send(new UploadPartCopyCommand(input)));
      expectAgreement(code, model.uploadPart(UploadId, PartNumber, part));
    }),
  ),
  complete: fc
    .tuple(pick, fc.constantFrom("all", "all", "all", "reversed", "last", "wrong"), completion)
    .map(([pick, which, condition]) =>
      s3Step(`complete upload ${pick} with ${which} parts, if ${condition}`, async (model, real) => {
        const UploadId = uploadAt(real, pick);
        const upload = model.uploads.get(UploadId ?? "");
        if (UploadId === undefined) return;
        const all = [...(upload?.parts ?? [[1, Buffer.from("x")] as const])].sort(([a], [b]) => a - b);
        const parts = all.map(([number, bytes]): ListedPart => ({ number, etag: md5(bytes) }));
        const listed = which === "reversed" ? parts.reverse() : which === "last" ? parts.slice(-1) : parts;
        if (which === "wrong") listed.push({ number: 4, etag: md5(Buffer.from("never")) });
        if (listed.length === 0) return;
        const key = keyOf.get(UploadId) ?? "";
        const conditions = conditionsOf(condition, model, key);
        const Parts = listed.map(({ number, etag }) => ({ PartNumber: number, ETag: `"${etag}"` }));
        const input = { Bucket: real.Bucket, Key: key, UploadId, MultipartUpload: { Parts } };
        const command = new CompleteMultipartUploadCommand({ ...input, ...sdkConditions(conditions) });
        const { value, code } = await outcome(real.client.send(command));
        const expected = model.complete(UploadId, listed, conditions);
        if (expected === undefined || "etag" in expected) {
          expect([code, bare(value?.ETag)]).toEqual([undefined, expected?.etag]);
          const repeated = await outcome(real.client.send(command));
          expect(bare(repeated.value?.ETag)).toBe(expected?.etag);
        } else expectAgreement(code, expected);
      }),
    ),
  rewrite: pick.map((pick) =>
    s3Step(`write what upload ${pick} will replace, as it is`, async (model, real) => {
      const Key = keyOf.get(uploadAt(real, pick) ?? "");
      const object = model.objects.get(Key ?? "");
      const [Body] = object?.parts ?? [];
      if (Key === undefined || !object || !Body || object.parts.length > 1) return;
      await real.client.send(new PutObjectCommand({ Bucket: real.Bucket, Key, Body, ...metadata(object.label) }));
      model.put(Key, Body, object.label, {});
    }),
  ),
  abort: pick.map((pick) =>
    s3Step(`abort upload ${pick}`, async (model, real) => {
      const UploadId = uploadAt(real, pick);
      if (UploadId === undefined) return;
      const input = { Bucket: real.Bucket, Key: keyOf.get(UploadId), UploadId };
      const { code } = await outcome(real.client.send(new AbortMultipartUploadCommand(input)));
      expectAgreement(code, model.abort(UploadId));
    }),
  ),
  list: pick.map((pick) =>
    s3Step(`list uploads, and the parts of ${pick}`, async (model, real) => {
      const { client, Bucket } = real;
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      const open = [...model.uploads].sort(([, a], [, b]) => byBytes(a.key, b.key));
      expect(Uploads.map(({ UploadId }) => UploadId).sort()).toEqual(open.map(([id]) => id).sort());
      expect(Uploads.map(({ Key }) => Key)).toEqual(open.map(([, { key }]) => key));
      const UploadId = uploadAt(real, pick);
      const upload = model.uploads.get(UploadId ?? "");
      if (UploadId === undefined || !upload) return;
      const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket, Key: upload.key, UploadId }));
      expect(Parts.map(({ PartNumber, ETag, Size }) => [PartNumber, bare(ETag), Size])).toEqual(
        [...upload.parts].sort(([a], [b]) => a - b).map(([number, bytes]) => [number, md5(bytes), bytes.length]),
      );
    }),
  ),
};

describe("the embedded S3 and a model of it, whatever clients do", () => {
  it("keep and list the same objects", async () => {
    const objectSteps = [...writeSteps(anyKey), ...readSteps(anyKey), ...deleteSteps(anyKey), ...copySteps(anyKey)];
    await compareWithModel([...objectSteps, ...listingSteps], setUp, 60);
  });

  it("make the same objects of uploads in parts", async () => {
    const { begin, part, largePart, complete, rewrite, abort, list } = uploadSteps;
    const toParts = [begin, part, largePart, largePart, complete, complete];
    const others = [...writeSteps(sharedKey), ...readSteps(sharedKey), ...deleteSteps(sharedKey)];
    await compareWithModel([...toParts, ...toParts, rewrite, rewrite, abort, list, ...others], setUp, 80);
  });

  it("leave no file behind of what was deleted, replaced or aborted", async () => {
    for (const name of server.service.listBuckets()) server.service.deleteBucket(name);
    await vi.waitFor(() => expect(server.service.storedFiles).toBe(0), { timeout: 30_000, interval: 5 });
  });
});
