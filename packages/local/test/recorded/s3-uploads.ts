import {
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { answerOf, failed, type S3Calls, type ScenarioRow, scenariosOf } from "./s3-scenario.ts";

const FULL = { ChecksumType: "FULL_OBJECT" };
const isText = expect.any(String) as string;
const NO_UPLOAD = failed(
  404,
  "NoSuchUpload",
  "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
);
const invalid = (message: string) => failed(400, "InvalidRequest", message);
const mode = (checksumType: string) =>
  invalid(
    `The upload was created using the ${checksumType} checksum mode. The complete request must use the same checksum mode.`,
  );
const NEEDS_ALGORITHM = invalid(
  "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
);
const mismatch = (expected: string, actual: string) =>
  invalid(`Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`);

const complete = (
  { s3, Bucket }: S3Calls,
  Key: string,
  UploadId: string | undefined,
  parts: readonly object[],
  more: Partial<CompleteMultipartUploadCommandInput> = {},
) =>
  s3
    .send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: [...parts] }, ...more }),
    )
    .then(answerOf);
const parts = ({ s3, Bucket }: S3Calls, Key: string, UploadId: string | undefined, more: object = {}) =>
  s3.send(new ListPartsCommand({ Bucket, Key, UploadId, ...more })).then(answerOf);
const uploads = ({ s3, Bucket }: S3Calls) => s3.send(new ListMultipartUploadsCommand({ Bucket })).then(answerOf);
/** An object made of one part. */
async function uploaded(calls: S3Calls, key: string, body: string) {
  const { UploadId } = await calls.create(key);
  const { ETag } = await calls.upload(key, UploadId, body);
  return complete(calls, key, UploadId, [{ ETag, PartNumber: 1 }]);
}

const CONTENT = "test content 123";
const CONTENT_NVME = { ChecksumCRC64NVME: "BsLNlKumA5I=", ...FULL };
const CONTENT_UPLOADED = { ETag: '"b972025bc34adf8d76d6d51e93c035cc-1"', ...CONTENT_NVME };
const CONTENT_COPIED = { CopyObjectResult: { ETag: '"eee506dd7ada7ded524c77e359a0e7c6"', ...CONTENT_NVME } };
const PART = "upload-part-1".repeat(5);
const WHOLE = { ETag: '"e747540af6911dbc890f8d3e0b48549b-1"', ChecksumCRC64NVME: "CTXktO4pIQs=", ...FULL };
const noParts = { IsTruncated: false, MaxParts: 1000, NextPartNumberMarker: "0", PartNumberMarker: "0" };
const onePart = { IsTruncated: false, MaxParts: 1000, NextPartNumberMarker: "1", PartNumberMarker: "0" };
const oneUpload = (Key: string, more: object = {}) => ({
  ...{ IsTruncated: false, KeyMarker: "", MaxUploads: 1000, NextKeyMarker: Key, UploadIdMarker: "" },
  Uploads: [{ Key, StorageClass: "STANDARD", UploadId: isText, Initiated: expect.any(Date) as Date, ...more }],
});
const FOUR = { ETag: '"8d777f385d3dfec8815d20f7496026dc"', ChecksumCRC32: "rfPzYw==" };
const wrongPart = (PartNumber: string, ETag: string) =>
  failed(
    400,
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { PartNumber, ETag, UploadId: isText },
  );

const multipart: readonly ScenarioRow[] = [
  [
    "TestS3::test_multipart_and_list_parts",
    async (calls, note) => {
      const key = "test-list-parts";
      const { UploadId } = (await note("create-multipart", calls.create(key))) ?? {};
      await note("list-part-after-created", parts(calls, key, UploadId));
      await note("list-all-uploads", uploads(calls));
      const { ETag } = (await note("upload-part", calls.upload(key, UploadId, PART))) ?? {};
      await note("list-part-after-upload", parts(calls, key, UploadId));
      await note("list-all-uploads-after", uploads(calls));
      await note("complete-multipart", complete(calls, key, UploadId, [{ ETag, PartNumber: 1 }]));
      await note("list-part-after-complete-exc", parts(calls, key, UploadId));
      await note("list-all-uploads-completed", uploads(calls));
      await note("head-multipart-checksum", calls.head(key, { ChecksumMode: "ENABLED" }));
      await note("get-multipart-checksum", calls.get(key));
    },
    {
      "create-multipart": { Key: "test-list-parts", UploadId: isText },
      "list-part-after-created": { ...noParts, Key: "test-list-parts", StorageClass: "STANDARD" },
      "list-all-uploads": oneUpload("test-list-parts"),
      "upload-part": { ETag: '"3237c18681adb6a9d843c733ce249480"', ChecksumCRC32: "axEe0A==" },
      "list-part-after-upload": {
        ...onePart,
        Parts: [{ ETag: '"3237c18681adb6a9d843c733ce249480"', PartNumber: 1, Size: 65 }],
      },
      "list-all-uploads-after": oneUpload("test-list-parts"),
      "complete-multipart": { ...WHOLE, Key: "test-list-parts", Location: isText },
      "list-part-after-complete-exc": { ...NO_UPLOAD, UploadId: isText },
      "list-all-uploads-completed": {
        ...{ IsTruncated: false, KeyMarker: "", MaxUploads: 1000, NextKeyMarker: "", NextUploadIdMarker: "" },
      },
      "head-multipart-checksum": { ...WHOLE, ContentLength: 65 },
      "get-multipart-checksum": { ...WHOLE, Body: PART, ContentLength: 65 },
    },
  ],
  [
    "TestS3::test_multipart_copy_object_etag",
    async (calls, note) => {
      await note("multipart-upload", uploaded(calls, "test.file", CONTENT));
      await note("copy-object", calls.copy("test.file", "copy.file"));
      const more = { MetadataDirective: "REPLACE" } as const;
      await note("copy-object-in-place", calls.copy("test.file", "test.file", more));
      await note("head-obj", calls.head("test.file", { ChecksumMode: "ENABLED" }));
    },
    {
      "multipart-upload": CONTENT_UPLOADED,
      "copy-object": CONTENT_COPIED,
      "copy-object-in-place": CONTENT_COPIED,
      "head-obj": { ETag: '"eee506dd7ada7ded524c77e359a0e7c6"', ...CONTENT_NVME, ContentLength: 16 },
    },
  ],
  [
    "TestS3::test_multipart_overwrite_key",
    async (calls, note) => {
      await note("put-object", calls.put("test.file", CONTENT));
      await note("multipart-upload", uploaded(calls, "test.file", CONTENT));
    },
    {
      "put-object": { ETag: '"eee506dd7ada7ded524c77e359a0e7c6"', ChecksumCRC32: "B18g1g==", ...FULL },
      "multipart-upload": CONTENT_UPLOADED,
    },
  ],
  [
    "TestS3::test_multipart_complete_multipart_too_small",
    async (calls, note) => {
      const { UploadId } = await calls.create("k");
      const first = await note("upload-part1", calls.upload("k", UploadId, "data"));
      const second = await note("upload-part2", calls.upload("k", UploadId, "data", { PartNumber: 2 }));
      await note("complete-exc-no-parts", complete(calls, "k", UploadId, []));
      const both = [first, second].map((part, index) => ({ ETag: part?.ETag, PartNumber: index + 1 }));
      await note("complete-exc-too-small", complete(calls, "k", UploadId, both));
    },
    {
      "upload-part1": FOUR,
      "upload-part2": FOUR,
      "complete-exc-no-parts": invalid("You must specify at least one part"),
      "complete-exc-too-small": failed(
        400,
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        { ETag: "8d777f385d3dfec8815d20f7496026dc", MinSizeAllowed: "5242880", PartNumber: "1", ProposedSize: "4" },
      ),
    },
  ],
  [
    "TestS3::test_multipart_complete_multipart_wrong_part",
    async (calls, note) => {
      const { UploadId } = await calls.create("k");
      const { ETag } = await calls.upload("k", UploadId, "data");
      await note("complete-exc-wrong-part-number", complete(calls, "k", UploadId, [{ ETag, PartNumber: 2 }]));
      const wrong = [{ ETag: "d41d8cd98f00b204e9800998ecf8427e", PartNumber: 1 }];
      await note("complete-exc-wrong-etag", complete(calls, "k", UploadId, wrong));
    },
    {
      "complete-exc-wrong-part-number": wrongPart("2", "8d777f385d3dfec8815d20f7496026dc"),
      "complete-exc-wrong-etag": wrongPart("1", "d41d8cd98f00b204e9800998ecf8427e"),
    },
  ],
  [
    "TestS3::test_multipart_with_unicode_character_location",
    async (calls, note) => {
      const key = "test-unicode_—_file";
      const { UploadId } = (await note("create-multipart", calls.create(key))) ?? {};
      const { ETag } = await calls.upload(key, UploadId, "test");
      await note("complete-multipart", complete(calls, key, UploadId, [{ ETag, PartNumber: 1 }]));
    },
    {
      "create-multipart": { Key: "test-unicode_—_file", UploadId: isText },
      "complete-multipart": {
        Key: "test-unicode_—_file",
        Location: expect.stringMatching(/\/test-unicode_%E2%80%94_file$/),
      },
    },
  ],
  [
    "TestS3::test_list_parts_empty_part_number_marker",
    async (calls, note) => {
      const { UploadId } = await calls.create("k");
      await calls.upload("k", UploadId, "data");
      await note("list-parts-empty-marker", parts(calls, "k", UploadId, { PartNumberMarker: "" }));
    },
    { "list-parts-empty-marker": { ...onePart, Parts: [{ ETag: FOUR.ETag, PartNumber: 1, Size: 4 }] } },
  ],
  [
    "TestS3ObjectWritePrecondition::test_multipart_if_match_with_delete",
    async (calls, note) => {
      const { s3, Bucket } = calls;
      const { ETag: before } = (await note("put-obj", calls.put("k", "test"))) ?? {};
      const { UploadId } = await calls.create("k");
      const { ETag } = await calls.upload("k", UploadId, "upload-part");
      await note("del-obj", s3.send(new DeleteObjectCommand({ Bucket, Key: "k" })).then(answerOf));
      const finish = () => complete(calls, "k", UploadId, [{ ETag, PartNumber: 1 }], { IfMatch: before });
      await note("complete-multipart-after-del", finish());
      await calls.put("k", "test");
      await note("complete-multipart-if-match-after-put", finish());
    },
    {
      "put-obj": { ETag: '"098f6bcd4621d373cade4e832627b4f6"', ChecksumCRC32: "2H9+DA==", ...FULL },
      "del-obj": { status: 204 },
      "complete-multipart-after-del": failed(404, "NoSuchKey", "The specified key does not exist."),
      "complete-multipart-if-match-after-put": failed(
        409,
        "ConditionalRequestConflict",
        "The conditional request cannot succeed due to a conflicting operation against this resource.",
        { Condition: "If-Match" },
      ),
    },
  ],
];

const sourceConditions: readonly ScenarioRow[] = (
  [
    ["if_match_success", "upload-part-copy-if-match", (ETag: string) => ({ CopySourceIfMatch: ETag })],
    [
      "if_match_and_if_unmodified_since_match",
      "upload-part-copy",
      (ETag: string) => ({ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: new Date(0) }),
    ],
    [
      "if_unmodified_since_success",
      "upload-part-copy-if-unmodified-since",
      () => ({ CopySourceIfUnmodifiedSince: new Date(Date.now() + 86_400_000) }),
    ],
    [
      "if_modified_since_success",
      "upload-part-copy-if-modified-since",
      () => ({ CopySourceIfModifiedSince: new Date(Date.now() - 86_400_000) }),
    ],
    [
      "if_modified_since_in_future_success",
      "upload-part-copy-if-modified-since-in-future",
      () => ({ CopySourceIfModifiedSince: new Date(Date.now() + 86_400_000) }),
    ],
  ] as const
).map(
  ([name, label, condition]): ScenarioRow => [
    `TestS3Multipart::test_upload_part_copy_with_copy_source_${name}`,
    async (calls, note) => {
      const { s3, Bucket } = calls;
      const { ETag = "" } = await calls.put("source", "0123456789");
      const { UploadId } = await calls.create("k");
      const input = { Bucket, Key: "k", UploadId, PartNumber: 1, CopySource: `${Bucket}/source` };
      await note(label, s3.send(new UploadPartCopyCommand({ ...input, ...condition(ETag) })).then(answerOf));
      await note("list-parts", parts(calls, "k", UploadId));
    },
    {
      [label]: { CopyPartResult: { ETag: '"781e5e245d69b566979b86e28d23f2c7"' } },
      "list-parts": { ...onePart, Parts: [{ ETag: '"781e5e245d69b566979b86e28d23f2c7"', PartNumber: 1, Size: 10 }] },
    },
  ],
);

const CHECKED = { ETag: '"f2081dd61dfa700a0fd5e29b9c3cc23d"', ...FULL };
const RIGHT = { ETag: '"e6d9226c2a86b7232933663c13467527"', ...FULL };
const SHA256 = "2l26x0trnT0r2AvakoFk2MB7eKVKzYESLMxSAKAzoik=";
const DIGEST = failed(400, "BadDigest", "The crc32c you specified did not match the calculated checksum.");
const ABC = { ETag: '"900150983cd24fb0d6963f7d28e17f72"' };
const CHECKSUM_KEY = "test-multipart-checksum-exc";
const PART_OF = { ETag: '"11df95d595559285eb2b042124e74f09"' };

const checksums: readonly ScenarioRow[] = [
  ...(
    [
      ["None", undefined, "ChecksumCRC32", "lVk/nw=="],
      ["CRC32", "CRC32", "ChecksumCRC32", "lVk/nw=="],
      ["SHA1", "SHA1", "ChecksumSHA1", "jbXkHAsXUrubtL3dqDQ4w+7WXc0="],
      ["CRC64NVME", "CRC64NVME", "ChecksumCRC64NVME", "1f2xscCCZCU="],
    ] as const
  ).map(([label, ChecksumAlgorithm, field, checksum]): ScenarioRow => {
    const stored = { ...CHECKED, [field]: checksum };
    return [
      `TestS3PutObjectChecksum::test_s3_get_object_checksum[${label}]`,
      async ({ put, get, head }, note) => {
        // Clients bring CRC64NVME only with a library of its own, so its checksum is given.
        const given = ChecksumAlgorithm === "CRC64NVME" ? { [field]: checksum } : {};
        await note(
          "put-object",
          put("k", "test-checksum", { ...given, ...(ChecksumAlgorithm && { ChecksumAlgorithm }) }),
        );
        await note("get-object", get("k"));
        await note("get-object-with-checksum", get("k", { ChecksumMode: "ENABLED" }));
        await note("head-object-with-checksum", head("k", { ChecksumMode: "ENABLED" }));
      },
      {
        "put-object": stored,
        "get-object": { ...stored, Body: "test-checksum", ContentLength: 13 },
        "get-object-with-checksum": { ...stored, Body: "test-checksum", ContentLength: 13 },
        "head-object-with-checksum": { ...stored, ContentLength: 13 },
      },
    ];
  }),
  [
    "TestS3PutObjectChecksum::test_s3_checksum_no_algorithm",
    async ({ put, head }, note) => {
      await note("put-wrong-checksum", put("k", "test data..", { ChecksumSHA256: "abcd1234" }));
      const two = { ChecksumSHA256: "abcd1234", ChecksumCRC32: "abcd1234" };
      await note("put-2-checksums", put("k", "test data..", two));
      await note("put-right-checksum", put("k", "test data..", { ChecksumSHA256: SHA256 }));
      await note("head-obj", head("k", { ChecksumMode: "ENABLED" }));
    },
    {
      "put-wrong-checksum": invalid("Value for x-amz-checksum-sha256 header is invalid."),
      "put-2-checksums": invalid("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."),
      "put-right-checksum": { ...RIGHT, ChecksumSHA256: SHA256 },
      "head-obj": { ...RIGHT, ChecksumSHA256: SHA256, ContentLength: 11 },
    },
  ],
  ...(
    [
      ["CRC32", "COMPOSITE"],
      ["CRC32C", "COMPOSITE"],
      ["SHA1", "COMPOSITE"],
      ["SHA256", "COMPOSITE"],
      ["CRC64NVME", "FULL_OBJECT"],
    ] as const
  ).map(
    ([ChecksumAlgorithm, ChecksumType]): ScenarioRow => [
      `TestS3MultipartUploadChecksum::test_multipart_checksum_type_default_for_checksum[${ChecksumAlgorithm}]`,
      async ({ create }, note) => {
        await note("create-mpu-default-checksum-type", create("k", { ChecksumAlgorithm }));
      },
      { "create-mpu-default-checksum-type": { ChecksumAlgorithm, ChecksumType, UploadId: isText } },
    ],
  ),
  ...(
    [
      ["CRC32C", "crc32c", "AAAAAA=="],
      ["SHA1", "sha1", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="],
      ["SHA256", "sha256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="],
      ["CRC64NVME", "crc64nvme", "AAAAAAAAAAA="],
    ] as const
  ).map(
    ([ChecksumAlgorithm, header, wrong]): ScenarioRow => [
      `TestS3MultipartUploadChecksum::test_multipart_upload_part_checksum_exception[${ChecksumAlgorithm}]`,
      async ({ create, upload }, note) => {
        const { UploadId } = await create("k", { ChecksumAlgorithm });
        const field = `Checksum${ChecksumAlgorithm}`;
        const given = (checksum: string) => ({ ChecksumAlgorithm, [field]: checksum });
        await note("put-wrong-checksum-no-b64", upload("k", UploadId, "test-string", given("test")));
        await note("put-wrong-checksum-value", upload("k", UploadId, "test-string", given(wrong)));
      },
      {
        "put-wrong-checksum-no-b64": invalid(`Value for x-amz-checksum-${header} header is invalid.`),
        "put-wrong-checksum-value": failed(
          400,
          "BadDigest",
          `The ${ChecksumAlgorithm} you specified did not match the calculated checksum.`,
        ),
      },
    ],
  ),
  [
    "TestS3MultipartUploadChecksum::test_multipart_parts_checksum_exceptions_composite",
    async (calls, note) => {
      const { create, upload } = calls;
      const key = CHECKSUM_KEY;
      await note("create-mpu-wrong-checksum-algo", create(key, { ChecksumAlgorithm: "TEST" as never }));
      await note("create-mpu-no-checksum-algo-with-type", create(key, { ChecksumType: "COMPOSITE" }));
      const composite = create(key, { ChecksumType: "COMPOSITE", ChecksumAlgorithm: "CRC32" });
      const { UploadId } = (await note("create-mpu-composite-checksum", composite)) ?? {};
      await note("list-multiparts", uploads(calls));
      const { ETag } = (await note("upload-part-no-checksum-ok", upload(key, UploadId, "abc"))) ?? {};
      const ChecksumSHA256 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
      await note(
        "complete-part-with-checksum",
        complete(calls, key, UploadId, [{ ETag, PartNumber: 1, ChecksumSHA256 }]),
      );
      const otherType = { ChecksumType: "FULL_OBJECT" } as const;
      await note(
        "complete-part-with-bad-checksum-type",
        complete(calls, key, UploadId, [{ ETag, PartNumber: 1 }], otherType),
      );
      const next = (await note("create-mpu-with-checksum", create(key, { ChecksumAlgorithm: "SHA256" }))) ?? {};
      await note(
        "upload-part-different-checksum-exc",
        upload(key, (next as { UploadId?: string }).UploadId, "abc", { ChecksumAlgorithm: "CRC32" }),
      );
    },
    {
      "create-mpu-wrong-checksum-algo": invalid(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
      ),
      "create-mpu-no-checksum-algo-with-type": NEEDS_ALGORITHM,
      "create-mpu-composite-checksum": { ChecksumAlgorithm: "CRC32", ChecksumType: "COMPOSITE", Key: CHECKSUM_KEY },
      "list-multiparts": oneUpload(CHECKSUM_KEY, { ChecksumAlgorithm: "CRC32", ChecksumType: "COMPOSITE" }),
      "upload-part-no-checksum-ok": { ...ABC, ChecksumCRC32: "NSRBwg==" },
      "complete-part-with-checksum": failed(
        400,
        "BadDigest",
        "The sha256 you specified for part 1 did not match what we received.",
      ),
      "complete-part-with-bad-checksum-type": mode("COMPOSITE"),
      "create-mpu-with-checksum": { ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" },
      "upload-part-different-checksum-exc": mismatch("sha256", "crc32"),
    },
  ],
  [
    "TestS3MultipartUploadChecksum::test_multipart_parts_checksum_exceptions_full_object",
    async (calls, note) => {
      const { create, upload } = calls;
      const key = CHECKSUM_KEY;
      const whole = { ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" } as const;
      await note("create-mpu-no-checksum-algo-with-type", create(key, { ChecksumType: "FULL_OBJECT" }));
      const { UploadId } = (await note("create-mpu-checksum-crc32c", create(key, whole))) ?? {};
      await note("list-multiparts", uploads(calls));
      const part = upload(key, UploadId, "abc", { ChecksumAlgorithm: "CRC32C" });
      const { ETag } = (await note("upload-part-no-checksum-ok", part)) ?? {};
      const finish = (more: Partial<CompleteMultipartUploadCommandInput>) =>
        complete(calls, key, UploadId, [{ ETag, PartNumber: 1, ChecksumCRC32C: "Nks/tw==" }], more);
      const of = { ChecksumType: "FULL_OBJECT" } as const;
      await note("complete-part-bad-checksum-type", finish({ ChecksumType: "COMPOSITE" }));
      await note("complete-part-good-checksum-no-type", finish({ ChecksumCRC32C: "JFLKBQ==-1" }));
      await note("complete-part-only-checksum-algo", finish({ ChecksumCRC32C: "Nks/tw==" }));
      await note("complete-part-bad-checksum", finish({ ChecksumCRC32C: "AAAAAA==", ...of }));
      await note("complete-part-bad-checksum-algo", finish({ ChecksumCRC32: "AAAAAA==", ...of }));
      await note("complete-success", finish({ ChecksumCRC32C: "Nks/tw==", ...of }));
      const next = (await note("create-mpu-with-checksum", create(key, whole))) ?? {};
      await note(
        "upload-part-different-checksum-exc",
        upload(key, (next as { UploadId?: string }).UploadId, "abc", { ChecksumAlgorithm: "CRC32" }),
      );
    },
    {
      "create-mpu-no-checksum-algo-with-type": NEEDS_ALGORITHM,
      "create-mpu-checksum-crc32c": { ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT", Key: CHECKSUM_KEY },
      "list-multiparts": oneUpload(CHECKSUM_KEY, { ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" }),
      "upload-part-no-checksum-ok": { ...ABC, ChecksumCRC32C: "Nks/tw==" },
      "complete-part-bad-checksum-type": mode("FULL_OBJECT"),
      "complete-part-good-checksum-no-type": DIGEST,
      "complete-part-only-checksum-algo": DIGEST,
      "complete-part-bad-checksum": DIGEST,
      "complete-part-bad-checksum-algo": DIGEST,
      "complete-success": { ETag: '"af5da9f45af7a300e3aded972f8ff687-1"', ChecksumCRC32C: "Nks/tw==", ...FULL },
      "create-mpu-with-checksum": { ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" },
      "upload-part-different-checksum-exc": mismatch("crc32c", "crc32"),
    },
  ],
  [
    "TestS3MultipartUploadChecksum::test_multipart_upload_part_copy_checksum[COMPOSITE]",
    async (calls, note) => {
      const { s3, Bucket, create, get, head } = calls;
      const key = "test-multipart-checksum";
      await note("put-object", calls.put("source", "this is a part"));
      const made = create(key, { ChecksumAlgorithm: "CRC32C", ChecksumType: "COMPOSITE" });
      const { UploadId } = (await note("create-mpu-checksum-sha256", made)) ?? {};
      const input = { Bucket, Key: key, UploadId, PartNumber: 1, CopySource: `${Bucket}/source` };
      await note("upload-part-copy", s3.send(new UploadPartCopyCommand(input)).then(answerOf));
      await note("list-parts", parts(calls, key, UploadId));
      const all = [{ ...PART_OF, PartNumber: 1, ChecksumCRC32C: "iqJrOQ==" }];
      await note("complete-multipart-checksum", complete(calls, key, UploadId, all));
      await note("get-object-with-checksum", get(key, { ChecksumMode: "ENABLED" }));
      await note("head-object-with-checksum", head(key, { ChecksumMode: "ENABLED" }));
    },
    {
      "put-object": { ...PART_OF, ChecksumCRC32: "nG7pIA==", ...FULL },
      "create-mpu-checksum-sha256": { ChecksumAlgorithm: "CRC32C", ChecksumType: "COMPOSITE" },
      "upload-part-copy": { CopyPartResult: { ...PART_OF, ChecksumCRC32C: "iqJrOQ==" } },
      "list-parts": {
        ...{ ...onePart, ChecksumAlgorithm: "CRC32C", ChecksumType: "COMPOSITE" },
        Parts: [{ ...PART_OF, ChecksumCRC32C: "iqJrOQ==", PartNumber: 1, Size: 14 }],
      },
      ...Object.fromEntries(
        ["complete-multipart-checksum", "get-object-with-checksum", "head-object-with-checksum"].map((label) => [
          label,
          {
            ...{ ETag: '"395d97c07920de036bfa21e7568a2e9f-1"', ChecksumCRC32C: "F9bAnw==-1" },
            ChecksumType: "COMPOSITE",
          },
        ]),
      ),
    },
  ],
  [
    "TestS3::test_get_object_part_checksum[COMPOSITE]",
    async (calls, note) => {
      const key = "test-multipart-checksum";
      const made = calls.create(key, { ChecksumAlgorithm: "CRC32C", ChecksumType: "COMPOSITE" });
      const { UploadId } = (await note("create-mpu-checksum", made)) ?? {};
      const part = calls.upload(key, UploadId, CONTENT, { ChecksumAlgorithm: "CRC32C" });
      const { ETag } = (await note("upload-part", part)) ?? {};
      const all = [{ ETag, PartNumber: 1, ChecksumCRC32C: "fwuu0Q==" }];
      await note("complete-multipart-checksum", complete(calls, key, UploadId, all));
      const of = { PartNumber: 1, ChecksumMode: "ENABLED" } as const;
      await note("head-object-part", calls.head(key, of));
      await note("get-object-part", calls.get(key, of));
    },
    {
      "create-mpu-checksum": { ChecksumAlgorithm: "CRC32C", ChecksumType: "COMPOSITE" },
      "upload-part": { ETag: '"eee506dd7ada7ded524c77e359a0e7c6"', ChecksumCRC32C: "fwuu0Q==" },
      "complete-multipart-checksum": {
        ...{ ETag: CONTENT_UPLOADED.ETag, ChecksumCRC32C: "sZB91Q==-1", ChecksumType: "COMPOSITE" },
      },
      ...Object.fromEntries(
        ["head-object-part", "get-object-part"].map((label) => [
          label,
          {
            ...{ ETag: CONTENT_UPLOADED.ETag, ChecksumCRC32C: "fwuu0Q==", ChecksumType: "COMPOSITE" },
            ...{ status: 206, ContentLength: 16, ContentRange: "bytes 0-15/16", PartsCount: 1 },
          },
        ]),
      ),
    },
  ],
];

/** AWS's answers about multipart uploads and checksums. */
export const uploadScenarios = [
  ...scenariosOf("test_s3.py", [...multipart.slice(0, -1), ...checksums]),
  ...scenariosOf("test_s3_api.py", [...multipart.slice(-1), ...sourceConditions]),
];
