import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";

/** The facts of an error: its HTTP status, code and message, and the condition that did not hold. */
export interface RecordedS3Error {
  readonly status: number;
  readonly name: string;
  readonly message?: string;
  readonly Condition?: string;
}

/** A call on a bucket of its own, and the facts of AWS's answer. */
export interface RecordedS3Call {
  /** The recording: a test of LocalStack's `tests/aws/services/s3`, recorded between 2023 and 2026, and its label. */
  readonly recording: string;
  call(s3: S3Client, Bucket: string): Promise<object>;
  readonly answer: RecordedS3Error | object;
}

const failed = (status: number, name: string, message: string, more: object = {}) => ({
  status,
  name,
  message,
  ...more,
});
const NO_BUCKET = failed(404, "NoSuchBucket", "The specified bucket does not exist");
const NO_KEY = failed(404, "NoSuchKey", "The specified key does not exist.");
const NO_UPLOAD = failed(
  404,
  "NoSuchUpload",
  "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
);
const BAD_MD5 = failed(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
const unmet = (Condition: string) =>
  failed(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", { Condition });
const conflict = (Condition: string) =>
  failed(
    409,
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { Condition },
  );
const NOT_MODIFIED = { status: 304 };
const NOT_IMPLEMENTED = failed(
  501,
  "NotImplemented",
  "A header you provided implies functionality that is not implemented",
);
const PART_NUMBER = failed(416, "InvalidPartNumber", "The requested partnumber is not satisfiable");

const put = (s3: S3Client, Bucket: string, Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

/** An object, or a range of one, with its body as text. */
async function got(s3: S3Client, Bucket: string, Key: string, more: Partial<GetObjectCommandInput> = {}) {
  const { Body, $metadata, ...rest } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...rest, Body: await Body?.transformToString(), status: $metadata.httpStatusCode };
}

async function upload(s3: S3Client, Bucket: string, Key: string) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId, PartNumber: 1, Body: "upload-part" };
  const { ETag } = await s3.send(new UploadPartCommand(part));
  return { Bucket, Key, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } };
}

const s3Row = (name: string, call: RecordedS3Call["call"], answer: object): RecordedS3Call => ({
  recording: `test_s3.py::TestS3::${name}`,
  call,
  answer,
});
const apiRow = (name: string, call: RecordedS3Call["call"], answer: object): RecordedS3Call => ({
  recording: `test_s3_api.py::${name}`,
  call,
  answer,
});

const DIGITS = "0123456789";
const range = (label: string, Range: string, answer: object) =>
  apiRow(
    `TestS3ObjectCRUD::test_get_object_range, ${label}`,
    async (s3, bucket) => {
      await put(s3, bucket, "test-range", DIGITS);
      return got(s3, bucket, "test-range", { Range });
    },
    answer,
  );
const partial = (Body: string, from: number) => ({
  status: 206,
  Body,
  ContentLength: Body.length,
  ContentRange: `bytes ${from}-${from + Body.length - 1}/10`,
});
const WHOLE = { status: 200, Body: DIGITS, ContentLength: 10 };

const precondition = (label: string, more: (etag: string) => Partial<GetObjectCommandInput>, answer: object) => [
  s3Row(
    `test_s3_get_object_preconditions[get_object], ${label}`,
    async (s3, bucket) => {
      const { ETag = "" } = await put(s3, bucket, "test-object", "data");
      return got(s3, bucket, "test-object", more(ETag));
    },
    answer,
  ),
];
const YESTERDAY = new Date(Date.now() - 86_400_000);
const TOMORROW = new Date(Date.now() + 86_400_000);

const checksums: readonly [ChecksumAlgorithm, string, string][] = [
  ["CRC32", "crc32", "ChecksumCRC32"],
  ["CRC32C", "crc32c", "ChecksumCRC32C"],
  ["SHA1", "sha1", "ChecksumSHA1"],
  ["SHA256", "sha256", "ChecksumSHA256"],
  ["CRC64NVME", "crc64nvme", "ChecksumCRC64NVME"],
];
/** Base64 of as many bytes as the algorithm has, but of another body. */
const WRONG: Readonly<Record<string, string>> = {
  CRC32: "AAAAAA==",
  CRC32C: "AAAAAA==",
  SHA1: "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  SHA256: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  CRC64NVME: "AAAAAAAAAAA=",
};

const list = (label: string, prefix: string, keys: readonly string[]) =>
  s3Row(
    `test_list_objects_v2_with_prefix, ${label}`,
    async (s3, bucket) => {
      for (const key of ["test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123"]) {
        await put(s3, bucket, key, "content key");
      }
      return s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, EncodingType: "url" }));
    },
    {
      Contents: keys.map((Key) => ({ Key, Size: 11, StorageClass: "STANDARD" })),
      EncodingType: "url",
      IsTruncated: false,
      KeyCount: keys.length,
      MaxKeys: 1_000,
      Prefix: prefix,
    },
  );

/** Calls on S3, row by row. */
export const recordedS3Calls: readonly RecordedS3Call[] = [
  s3Row("test_get_object_no_such_bucket", (s3) => got(s3, "does-not-exist-at-all", "key"), NO_BUCKET),
  s3Row(
    "test_delete_bucket_no_such_bucket",
    (s3) => s3.send(new DeleteBucketCommand({ Bucket: "does-not-exist-at-all" })),
    NO_BUCKET,
  ),
  s3Row(
    "test_delete_non_existing_keys_in_non_existing_bucket",
    (s3) =>
      s3.send(new DeleteObjectsCommand({ Bucket: "does-not-exist-at-all", Delete: { Objects: [{ Key: "dummy1" }] } })),
    NO_BUCKET,
  ),
  s3Row(
    "test_delete_non_existing_keys",
    async (s3, Bucket) => {
      await put(s3, Bucket, "test-key-nonexistent", "something");
      const Objects = ["test-key-nonexistent", "dummy1", "dummy2"].map((Key) => ({ Key }));
      const { Deleted = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      return { Deleted: Deleted.sort((a, b) => ((a.Key ?? "") < (b.Key ?? "") ? -1 : 1)) };
    },
    { Deleted: [{ Key: "dummy1" }, { Key: "dummy2" }, { Key: "test-key-nonexistent" }] },
  ),
  s3Row(
    "test_s3_batch_delete_objects, list-remaining-objects",
    async (s3, Bucket) => {
      const keys = Array.from({ length: 5 }, (_, at) => `key-batch-delete-${at}`);
      for (const key of keys) await put(s3, Bucket, key, "content");
      await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
      return s3.send(new ListObjectsCommand({ Bucket, EncodingType: "url" }));
    },
    { EncodingType: "url", IsTruncated: false, Marker: "", MaxKeys: 1_000, Prefix: "" },
  ),
  s3Row(
    "test_invalid_range_error",
    async (s3, bucket) => {
      await put(s3, bucket, "my-key", "abcdefgh");
      return got(s3, bucket, "my-key", { Range: "bytes=1024-4096" });
    },
    failed(416, "InvalidRange", "The requested range is not satisfiable"),
  ),
  s3Row(
    "test_precondition_failed_error",
    async (s3, bucket) => {
      await put(s3, bucket, "foo", "bar");
      return got(s3, bucket, "foo", { IfMatch: '"not good etag"' });
    },
    unmet("If-Match"),
  ),
  s3Row(
    "test_head_object_fields, head-object",
    async (s3, Bucket) => {
      await put(s3, Bucket, "my-key", "abcdefgh");
      return s3.send(new HeadObjectCommand({ Bucket, Key: "my-key" }));
    },
    {
      AcceptRanges: "bytes",
      ContentLength: 8,
      ETag: '"e8dc4081b13434b45189a720b77b6818"',
      Metadata: {},
    },
  ),
  s3Row(
    "test_head_object_fields, head-object-404",
    (s3, Bucket) => s3.send(new HeadObjectCommand({ Bucket, Key: "i-am-not-there" })),
    { status: 404 },
  ),
  s3Row(
    "test_s3_uppercase_key_names, response",
    async (s3, bucket) => {
      await put(s3, bucket, "CamelCaseKey", "something");
      return got(s3, bucket, "CamelCaseKey");
    },
    { Body: "something", ContentLength: 9, ETag: '"437b930db84b8079c2dd804a71936b5f"' },
  ),
  s3Row(
    "test_s3_uppercase_key_names, wrong-case-key",
    async (s3, bucket) => {
      await put(s3, bucket, "CamelCaseKey", "something");
      return got(s3, bucket, "camelcasekey");
    },
    NO_KEY,
  ),
  list("list-objects-v2-1", "test/", ["test/bar/foo/123", "test/foo/bar/123", "test/foo/bar/456"]),
  list("list-objects-v2-2", "test/foo", ["test/foo/bar/123", "test/foo/bar/456"]),
  list("list-objects-v2-3", "test/foo/bar", ["test/foo/bar/123", "test/foo/bar/456"]),
  range("get-0-8", "bytes=0-8", partial("012345678", 0)),
  range("get-1-1", "bytes=1-1", partial("1", 1)),
  range("get-1-0", "bytes=1-0", WHOLE),
  range("get-1-", "bytes=1-", partial("123456789", 1)),
  range("get--1-", "bytes=-1-", WHOLE),
  range("get--2", "bytes=-2", partial("89", 8)),
  ...["__invalid__", "000", "not base64 encoded checksum", "MTIz", "dGVzdC1zdHJpbmc="].flatMap((ContentMD5, at) => [
    s3Row(
      `test_s3_invalid_content_md5, md5-error-${at}`,
      (s3, bucket) => put(s3, bucket, "test-key", "something", { ContentMD5 }),
      BAD_MD5,
    ),
    s3Row(
      `test_s3_invalid_content_md5, upload-part-md5-error-${at}`,
      async (s3, Bucket) => {
        const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "test-key" }));
        const part = { Bucket, Key: "test-key", UploadId, PartNumber: 1, Body: "something", ContentMD5 };
        return s3.send(new UploadPartCommand(part));
      },
      BAD_MD5,
    ),
  ]),
  s3Row(
    "test_s3_invalid_content_md5, md5-error-bad-digest",
    (s3, bucket) => put(s3, bucket, "test-key", "something", { ContentMD5: "CYkeuVkFJONfxzc8zdxdlg==" }),
    failed(400, "BadDigest", "The Content-MD5 you specified did not match what we received."),
  ),
  ...precondition("precondition-if-match", () => ({ IfMatch: "a".repeat(32) }), unmet("If-Match")),
  ...precondition(
    "precondition-if-unmodified-since",
    () => ({ IfUnmodifiedSince: YESTERDAY }),
    unmet("If-Unmodified-Since"),
  ),
  ...precondition("precondition-if-none-match", (IfNoneMatch) => ({ IfNoneMatch }), NOT_MODIFIED),
  ...precondition("etag-missing-quotes", (etag) => ({ IfNoneMatch: etag.replaceAll('"', "") }), NOT_MODIFIED),
  ...precondition("obj-ignore-future-modified-since", () => ({ IfModifiedSince: TOMORROW }), {
    status: 200,
    Body: "data",
  }),
  ...precondition("obj-success", (IfMatch) => ({ IfMatch, IfNoneMatch: "b".repeat(32), IfModifiedSince: YESTERDAY }), {
    status: 200,
    Body: "data",
    ETag: '"8d777f385d3dfec8815d20f7496026dc"',
  }),
  s3Row(
    "test_multipart_no_such_upload, upload-exc",
    (s3, Bucket) =>
      s3.send(new UploadPartCommand({ Bucket, Key: "k", UploadId: "fakeid", PartNumber: 1, Body: "data" })),
    NO_UPLOAD,
  ),
  s3Row(
    "test_multipart_no_such_upload, complete-exc",
    (s3, Bucket) => {
      const MultipartUpload = { Parts: [{ ETag: '"e"', PartNumber: 1 }] };
      return s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: "k", UploadId: "fakeid", MultipartUpload }));
    },
    NO_UPLOAD,
  ),
  s3Row(
    "test_multipart_no_such_upload, abort-exc",
    (s3, Bucket) => s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "k", UploadId: "fakeid" })),
    NO_UPLOAD,
  ),
  s3Row(
    "test_complete_multipart_parts_order, upload-part-negative-part-number",
    async (s3, Bucket) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
      return s3.send(new UploadPartCommand({ Bucket, Key: "k", UploadId, PartNumber: -1, Body: "data" }));
    },
    failed(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"),
  ),
  s3Row(
    "test_complete_multipart_parts_order, complete-multipart-unordered",
    async (s3, Bucket) => {
      const { MultipartUpload, ...of } = await upload(s3, Bucket, "k");
      const second = await s3.send(new UploadPartCommand({ ...of, PartNumber: 2, Body: "data" }));
      const Parts = [{ ETag: second.ETag, PartNumber: 2 }, ...MultipartUpload.Parts];
      return s3.send(new CompleteMultipartUploadCommand({ ...of, MultipartUpload: { Parts } }));
    },
    failed(
      400,
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    ),
  ),
  s3Row(
    "test_get_object_part, part-no-multipart",
    async (s3, bucket) => {
      await put(s3, bucket, "no-multipart", "test-123");
      return got(s3, bucket, "no-multipart", { PartNumber: 2 });
    },
    PART_NUMBER,
  ),
  s3Row(
    "test_get_object_part, get-obj-no-multipart",
    async (s3, bucket) => {
      await put(s3, bucket, "no-multipart", "test-123");
      return got(s3, bucket, "no-multipart", { PartNumber: 1 });
    },
    { status: 206, Body: "test-123", ContentLength: 8, ContentRange: "bytes 0-7/8" },
  ),
  s3Row(
    "test_get_object_part, part-with-range",
    async (s3, bucket) => {
      await put(s3, bucket, "no-multipart", "test-123");
      return got(s3, bucket, "no-multipart", { PartNumber: 1, Range: "bytes=0-8" });
    },
    failed(400, "InvalidRequest", "Cannot specify both Range header and partNumber query parameter"),
  ),
  s3Row(
    "test_s3_copy_object_src_not_exists, copy-object-src-bucket-not-exists",
    (s3, Bucket) => s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: "does-not-exist-at-all/key" })),
    NO_BUCKET,
  ),
  s3Row(
    "test_s3_copy_object_src_not_exists, copy-object-src-object-not-exists",
    (s3, Bucket) => s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: `${Bucket}/random-src-key` })),
    NO_KEY,
  ),
  s3Row(
    "test_s3_copy_object_wrong_format",
    (s3, Bucket) => s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: "wrongformat" })),
    failed(400, "InvalidArgument", "Invalid copy source object key"),
  ),
  s3Row(
    "test_s3_copy_object_in_place, copy-object-in-place-no-change",
    async (s3, Bucket) => {
      await put(s3, Bucket, "source-object", '{"key": "value"}');
      const CopySource = `${Bucket}/source-object`;
      return s3.send(new CopyObjectCommand({ Bucket, Key: "source-object", CopySource }));
    },
    failed(
      400,
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    ),
  ),
  ...checksums.flatMap(([algorithm, header, field]) => {
    const of = `test_s3.py::TestS3PutObjectChecksum::test_put_object_checksum[${algorithm}]`;
    return [
      {
        recording: `${of}, put-wrong-checksum-no-b64`,
        call: (s3: S3Client, bucket: string) =>
          put(s3, bucket, "file-1", "test-string", { ChecksumAlgorithm: algorithm, [field]: "test" }),
        answer: failed(400, "InvalidRequest", `Value for x-amz-checksum-${header} header is invalid.`),
      },
      {
        recording: `${of}, put-wrong-checksum-value`,
        call: (s3: S3Client, bucket: string) =>
          put(s3, bucket, "file-1", "test-string", { ChecksumAlgorithm: algorithm, [field]: WRONG[algorithm] }),
        answer: failed(400, "BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`),
      },
    ];
  }),
  {
    recording:
      "test_s3.py::TestS3MultipartUploadChecksum::test_multipart_checksum_type_compatibility[COMPOSITE-CRC64NVME]",
    call: (s3, Bucket) =>
      s3.send(
        new CreateMultipartUploadCommand({
          Bucket,
          Key: "k",
          ChecksumAlgorithm: "CRC64NVME",
          ChecksumType: "COMPOSITE",
        }),
      ),
    answer: failed(
      400,
      "InvalidRequest",
      "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.",
    ),
  },
  apiRow(
    "TestS3ObjectCRUD::test_get_object_with_version_unversioned_bucket, get-obj-with-version",
    async (s3, bucket) => {
      await put(s3, bucket, "test-version", "test-version");
      return got(s3, bucket, "test-version", { VersionId: "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD" });
    },
    failed(400, "InvalidArgument", "Invalid version id specified"),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_put_object_if_none_match, put-obj-if-none-match",
    async (s3, bucket) => {
      await put(s3, bucket, "k", "");
      return put(s3, bucket, "k", "", { IfNoneMatch: "*" });
    },
    unmet("If-None-Match"),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_put_object_if_none_match, put-obj-after-del",
    async (s3, Bucket) => {
      await put(s3, Bucket, "k", "x");
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
      return put(s3, Bucket, "k", "", { IfNoneMatch: "*" });
    },
    { ETag: '"d41d8cd98f00b204e9800998ecf8427e"' },
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_put_object_if_none_match_validation",
    (s3, bucket) => put(s3, bucket, "k", "", { IfNoneMatch: '"bad-value"' }),
    NOT_IMPLEMENTED,
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_put_object_if_match, put-obj-if-match-wrong-etag",
    async (s3, bucket) => {
      await put(s3, bucket, "k", "test");
      return put(s3, bucket, "k", "", { IfMatch: '"d41d8cd98f00b204e9800998ecf8427e"' });
    },
    unmet("If-Match"),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_put_object_if_match, put-obj-if-match-key-not-exists",
    (s3, bucket) => put(s3, bucket, "k", "", { IfMatch: '"098f6bcd4621d373cade4e832627b4f6"' }),
    NO_KEY,
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_put_object_if_match_and_if_none_match_validation",
    (s3, bucket) => put(s3, bucket, "k", "", { IfMatch: '"e"', IfNoneMatch: "*" }),
    NOT_IMPLEMENTED,
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_multipart_if_none_match_with_put",
    async (s3, bucket) => {
      const of = await upload(s3, bucket, "k");
      await put(s3, bucket, "k", "");
      return s3.send(new CompleteMultipartUploadCommand({ ...of, IfNoneMatch: "*" }));
    },
    unmet("If-None-Match"),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_multipart_if_match_with_put, complete-multipart-if-match-put-before",
    async (s3, bucket) => {
      const { ETag } = await put(s3, bucket, "k", "test");
      const of = await upload(s3, bucket, "k");
      await put(s3, bucket, "k", "test2");
      return s3.send(new CompleteMultipartUploadCommand({ ...of, IfMatch: ETag }));
    },
    unmet("If-Match"),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_multipart_if_match_etag, complete-multipart-if-match",
    async (s3, bucket) => {
      const { ETag } = await put(s3, bucket, "k", "test");
      const of = await upload(s3, bucket, "k");
      return s3.send(new CompleteMultipartUploadCommand({ ...of, IfMatch: ETag }));
    },
    { ETag: expect.stringMatching(/^"[0-9a-f]{32}-1"$/), Key: "k" },
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_multipart_if_none_match_with_delete, complete-multipart-after-del",
    async (s3, Bucket) => {
      await put(s3, Bucket, "k", "test");
      const of = await upload(s3, Bucket, "k");
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
      return s3.send(new CompleteMultipartUploadCommand({ ...of, IfNoneMatch: "*" }));
    },
    conflict("If-None-Match"),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_multipart_if_match_with_put, complete-multipart-if-match-put-during",
    async (s3, bucket) => {
      await put(s3, bucket, "k", "test");
      const of = await upload(s3, bucket, "k");
      const { ETag } = await put(s3, bucket, "k", "test2");
      return s3.send(new CompleteMultipartUploadCommand({ ...of, IfMatch: ETag }));
    },
    conflict("If-Match"),
  ),
  ...(
    [
      ["copy-obj-none-match-etag", { IfNoneMatch: '"d41d8cd98f00b204e9800998ecf8427e"' }],
      ["copy-obj-if-match-star", { IfMatch: "*" }],
      ["copy-obj-both", { IfMatch: '"d41d8cd98f00b204e9800998ecf8427e"', IfNoneMatch: "*" }],
    ] as const
  ).map(([label, conditions]) =>
    apiRow(
      `TestS3ObjectWritePrecondition::test_copy_object_precondition_write_validation, ${label}`,
      async (s3, Bucket) => {
        await put(s3, Bucket, "source", "data");
        return s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: `${Bucket}/source`, ...conditions }));
      },
      NOT_IMPLEMENTED,
    ),
  ),
  apiRow(
    "TestS3DeletePrecondition::test_delete_object_if_match_non_express",
    async (s3, Bucket) => {
      await put(s3, Bucket, "k", "test");
      return s3.send(new DeleteObjectCommand({ Bucket, Key: "k", IfMatch: "badvalue" }));
    },
    unmet("If-Match"),
  ),
  ...(
    [
      ["size", { IfMatchSize: 10 }],
      ["all", { IfMatchLastModifiedTime: new Date(0) }],
    ] as const
  ).map(([label, conditions]) =>
    apiRow(
      `TestS3DeletePrecondition::test_delete_object_if_match_${label}_non_express`,
      async (s3, Bucket) => {
        await put(s3, Bucket, "k", "test");
        return s3.send(new DeleteObjectCommand({ Bucket, Key: "k", ...conditions }));
      },
      { status: 501, name: "NotImplemented" },
    ),
  ),
  ...(
    [
      ["if_match", { CopySourceIfMatch: "d".repeat(32) }, "x-amz-copy-source-If-Match"],
      [
        "if_unmodified_since_match",
        { CopySourceIfUnmodifiedSince: YESTERDAY },
        "x-amz-copy-source-If-Unmodified-Since",
      ],
      [
        "if_none_match_and_if_unmodified_since_match",
        { CopySourceIfNoneMatch: "d".repeat(32), CopySourceIfUnmodifiedSince: YESTERDAY },
        "x-amz-copy-source-If-Unmodified-Since",
      ],
    ] as const
  ).map(([name, conditions, condition]) =>
    apiRow(
      `TestS3Multipart::test_upload_part_copy_with_copy_source_${name}_failed`,
      async (s3, Bucket) => {
        await put(s3, Bucket, "source", "data");
        const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" }));
        const CopySource = `${Bucket}/source`;
        return s3.send(
          new UploadPartCopyCommand({ Bucket, Key: "k", UploadId, PartNumber: 1, CopySource, ...conditions }),
        );
      },
      unmet(condition),
    ),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_copy_object_if_none_match, copy-obj-if-none-match-fail",
    async (s3, Bucket) => {
      for (const key of ["source", "k"]) await put(s3, Bucket, key, "data");
      return s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: `${Bucket}/source`, IfNoneMatch: "*" }));
    },
    unmet("If-None-Match"),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_copy_object_if_match, copy-obj-if-match-fail-wrong-etag",
    async (s3, Bucket) => {
      for (const key of ["source", "k"]) await put(s3, Bucket, key, "data");
      const IfMatch = '"d41d8cd98f00b204e9800998ecf8427e"';
      return s3.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: `${Bucket}/source`, IfMatch }));
    },
    unmet("If-Match"),
  ),
  apiRow(
    "TestS3ObjectWritePrecondition::test_copy_object_if_match, copy-obj-if-match-fail-no-object",
    async (s3, Bucket) => {
      await put(s3, Bucket, "source", "data");
      const IfMatch = '"d41d8cd98f00b204e9800998ecf8427e"';
      return s3.send(new CopyObjectCommand({ Bucket, Key: "none", CopySource: `${Bucket}/source`, IfMatch }));
    },
    NO_KEY,
  ),
];
