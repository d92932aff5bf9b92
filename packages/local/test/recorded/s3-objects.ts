import { gzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutObjectTaggingCommand,
  type Tag,
} from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { answerOf, failed, type S3Calls, type ScenarioRow, scenariosOf } from "./s3-scenario.ts";

const FULL = { ChecksumType: "FULL_OBJECT" };
const NO_BUCKET = failed(404, "NoSuchBucket", "The specified bucket does not exist");
const NO_KEY = failed(404, "NoSuchKey", "The specified key does not exist.");
const MALFORMED = failed(
  400,
  "MalformedXML",
  "The XML you provided was not well-formed or did not validate against our published schema",
);
/** The object `test`, `abc123` and so on, as the recordings put them. */
const TEST = { ETag: '"098f6bcd4621d373cade4e832627b4f6"', ChecksumCRC32: "2H9+DA==", ...FULL };
const ABC123 = { ETag: '"e99a18c428cb38d5f260853678922e03"', ChecksumCRC32: "zwK7XA==", ...FULL };
const TAGGED = { ETag: '"b635a7fc30aa9091e0d236bee77e6844"', ContentLength: 12, Metadata: {} };

const list = ({ s3, Bucket }: S3Calls) => s3.send(new ListObjectsV2Command({ Bucket })).then(answerOf);
const remove = ({ s3, Bucket }: S3Calls, Key: string) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key })).then(answerOf);
const setTags = ({ s3, Bucket }: S3Calls, Key: string, TagSet: readonly Tag[]) =>
  s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [...TagSet] } })).then(answerOf);
const listed = (...objects: readonly (readonly [Key: string, ETag: string, Size: number])[]) => ({
  Contents: objects.map(([Key, ETag, Size]) => ({
    ...{ Key, ETag: `"${ETag}"`, Size, StorageClass: "STANDARD" },
    ...{ ChecksumAlgorithm: ["CRC32"], ...FULL },
  })),
  ...{ IsTruncated: false, KeyCount: objects.length, MaxKeys: 1000, Prefix: "" },
});
const TEST_HASH = "098f6bcd4621d373cade4e832627b4f6";

const keys: readonly ScenarioRow[] = [
  ...(
    [
      ["test_put_and_get_object_with_utf8_key", "Ā0Ä", "abc123", ABC123],
      [
        "test_put_and_get_object_with_hash_prefix",
        "#key-with-hash-prefix",
        "test 123",
        { ETag: '"39d0d586a701e199389d954f2d592720"', ChecksumCRC32: "wmkP3w==", ...FULL },
      ],
    ] as const
  ).map(
    ([name, key, body, stored]): ScenarioRow => [
      `TestS3::${name}`,
      async ({ put, get }, note) => {
        await note("put-object", put(key, body));
        await note("get-object", get(key));
      },
      {
        "put-object": { ...stored, status: 200 },
        "get-object": { ...stored, Body: body, ContentLength: body.length, Metadata: {} },
      },
    ],
  ),
  ...["file%2Fname", "test@key/", "test%123", "test%percent", "test key//", "a/%F0%9F%98%80/"].map(
    (key): ScenarioRow => [
      `TestS3::test_put_get_object_special_character[${key}]`,
      async (calls, note) => {
        await note("put-object-special-char", calls.put(key, "test"));
        await note("list-object-special-char", list(calls));
        await note("get-object-special-char", calls.get(key));
        await note("del-object-special-char", remove(calls, key));
      },
      {
        "put-object-special-char": TEST,
        "list-object-special-char": listed([key, TEST_HASH, 4]),
        "get-object-special-char": { ...TEST, Body: "test" },
        "del-object-special-char": { status: 204 },
      },
    ],
  ),
  [
    "TestS3::test_put_get_object_single_character_trailing_slash",
    async (calls, note) => {
      for (const letter of ["a", "t", "u"]) {
        await note(`put-object-single-char-${letter}/`, calls.put(`${letter}/`, "test"));
        await note(`get-object-single-char-${letter}/`, calls.get(`${letter}/`));
      }
      await note("list-objects-single-char", list(calls));
    },
    {
      ...Object.fromEntries(
        ["a", "t", "u"].flatMap((letter) => [
          [`put-object-single-char-${letter}/`, TEST],
          [`get-object-single-char-${letter}/`, { ...TEST, Body: "test" }],
        ]),
      ),
      "list-objects-single-char": listed(["a/", TEST_HASH, 4], ["t/", TEST_HASH, 4], ["u/", TEST_HASH, 4]),
    },
  ],
  [
    "TestS3::test_url_encoded_key[False]",
    async (calls, note) => {
      await calls.put("test@key/", "test-non-encoded");
      await calls.put("test%40key/", "test-encoded");
      await calls.put("test%40key", "test-encoded-no-trailing");
      await note("list-object-encoded-char", list(calls));
    },
    {
      "list-object-encoded-char": listed(
        ["test%40key", "03dc4443b5f395b54d011fdb7d9e0ae1", 24],
        ["test%40key/", "51a6065890415b4b299dec1aa33d712c", 12],
        ["test@key/", "b792145c4a8e8d9ac95d3c2f9f0ac42d", 16],
      ),
    },
  ],
  [
    "TestS3::test_object_with_slashes_in_key[False]",
    async (calls, note) => {
      await calls.put("/foo", "foobar");
      await calls.put("bar", "barfoo");
      await calls.put("/bar/foo/", "test");
      await note("list-objects-slashes", list(calls));
    },
    {
      "list-objects-slashes": listed(
        ["/bar/foo/", TEST_HASH, 4],
        ["/foo", "3858f62230ac3c915f300c664312c63f", 6],
        ["bar", "96948aad3fcae80c08a35c9b5958cd89", 6],
      ),
    },
  ],
  [
    "TestS3::test_delete_objects_encoding",
    async (calls, note) => {
      const { s3, Bucket } = calls;
      await calls.put("a%2Fb", "percent encoding");
      await calls.put("a/%F0%9F%98%80", "percent encoded emoji");
      await note("list-objects-before-delete", list(calls));
      const Objects = [{ Key: "a%2Fb" }, { Key: "a/%F0%9F%98%80" }];
      await note("deleted-resp", s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } })));
      await note("list-objects", list(calls));
    },
    {
      "list-objects-before-delete": listed(
        ["a%2Fb", "1ac438708eff428b768f07249b3e2bb2", 16],
        ["a/%F0%9F%98%80", "ec53baa61c0c0b736a567bdef59250f3", 21],
      ),
      "deleted-resp": { Deleted: [{ Key: "a%2Fb" }, { Key: "a/%F0%9F%98%80" }] },
      "list-objects": { IsTruncated: false, KeyCount: 0, MaxKeys: 1000, Prefix: "" },
    },
  ],
];

const ZIPPED = gzipSync("1234567890 ".repeat(100));
const LOREM = "Lorem ipsum dolor sit amet, ... ".repeat(30);
const OVERRIDDEN = {
  CacheControl: "max-age=74",
  ContentDisposition: 'attachment; filename="foo.jpg"',
  ContentEncoding: "identity",
  ContentLanguage: "de-DE",
  ContentType: "image/jpeg",
};
const STORED_AS = { ETag: '"43ad557eaff4fdc42b9886b5a68147ab"', ChecksumCRC32: "DulxwQ==", ...FULL };
const notRetrievable = (StorageClass: string) =>
  failed(403, "InvalidObjectState", "The operation is not valid for the object's storage class", { StorageClass });
const FOO = { ETag: '"acbd18db4cc2f85cedef654fccc4a4d8"', ContentLength: 3, Metadata: {} };
const isHttpDate = expect.stringMatching(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/) as string;

const reading: readonly ScenarioRow[] = [
  [
    "TestS3::test_metadata_header_character_decoding",
    async ({ put, head }, note) => {
      await put("key-with-metadata", "foo", { Metadata: { TEST_META_1: "foo", __meta_2: "bar" } });
      await note("head-object", head("key-with-metadata"));
    },
    { "head-object": { ...FOO, Metadata: { test_meta_1: "foo", __meta_2: "bar" } } },
  ],
  [
    "TestS3::test_user_metadata_rfc2047_encoded",
    async ({ put, get }, note) => {
      const Metadata = {
        "non-ascii": "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=",
        "fake-encoded": "=?UTF-8?Q?actually-ascii?=",
        "asciib64-encoded": "=?UTF-8?B?YWJj?=",
      };
      await note("put-object", put("test", "", { Metadata }));
      await note("get-object, without what cannot be sent in a header", get("test"));
    },
    {
      "put-object": { ETag: '"d41d8cd98f00b204e9800998ecf8427e"', ChecksumCRC32: "AAAAAA==", ...FULL },
      "get-object, without what cannot be sent in a header": {
        Metadata: {
          "non-ascii": "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=",
          "fake-encoded": "actually-ascii",
          "asciib64-encoded": "abc",
        },
      },
    },
  ],
  [
    "TestS3::test_range_header_body_length",
    async ({ put, get }, note) => {
      await put("sequential-object", "x".repeat(2048));
      await note("get-object", get("sequential-object", { Range: "bytes=0-1023" }));
      await note("get-object-2", get("sequential-object", { Range: "bytes=1024-2047" }));
    },
    {
      "get-object": { status: 206, ContentLength: 1024, ContentRange: "bytes 0-1023/2048", AcceptRanges: "bytes" },
      "get-object-2": { status: 206, ContentLength: 1024, ContentRange: "bytes 1024-2047/2048" },
    },
  ],
  [
    "TestS3::test_etag_on_get_object_call",
    async ({ put, get }, note) => {
      await put("my-key", LOREM);
      await note("get_object", get("my-key"));
      await note("get_object_range", get("my-key", { Range: "bytes=0-16" }));
    },
    {
      get_object: {
        ...{ status: 200, Body: LOREM, ContentLength: 960, ETag: '"c289c6e309be295fe68af649d1e6c6ec"' },
        ...{ ChecksumCRC32: "K7RDlw==", ...FULL },
      },
      get_object_range: {
        ...{ status: 206, Body: "Lorem ipsum dolor", ContentLength: 17, ContentRange: "bytes 0-16/960" },
        ETag: '"c289c6e309be295fe68af649d1e6c6ec"',
      },
    },
  ],
  [
    "TestS3::test_s3_upload_download_gzip",
    async ({ put, get }, note) => {
      await put("test.gz", ZIPPED, { ContentEncoding: "gzip" });
      await note("get-object, without what depends on the compressor", get("test.gz"));
    },
    {
      "get-object, without what depends on the compressor": {
        ...{ ContentEncoding: "gzip", ContentLength: ZIPPED.length, Metadata: {} },
        ...FULL,
      },
    },
  ],
  [
    "TestS3::test_s3_get_object_header_overrides",
    async ({ put, get }, note) => {
      await put("key-header-overrides", "something");
      const more = Object.fromEntries(Object.entries(OVERRIDDEN).map(([name, value]) => [`Response${name}`, value]));
      const ResponseExpires = new Date("2015-10-21T07:28:00Z");
      await note("get-object", get("key-header-overrides", { ...more, ResponseExpires }));
    },
    {
      "get-object": {
        ...{ ...OVERRIDDEN, Body: "something", ContentLength: 9, ETag: '"437b930db84b8079c2dd804a71936b5f"' },
        ...{ ChecksumCRC32: "Cdox+w==", ...FULL, ExpiresString: "Wed, 21 Oct 2015 07:28:00 GMT" },
      },
    },
  ],
  [
    "TestS3::test_put_and_get_object_with_content_language_disposition",
    async ({ put, get }, note) => {
      const more = { ContentLanguage: "de", ContentDisposition: 'attachment; filename="foo.jpg"' };
      await note("put-object", put("key", "abc123", { ...more, CacheControl: "no-cache" }));
      await note("get-object", get("key"));
    },
    {
      "put-object": ABC123,
      "get-object": {
        ...{ ...ABC123, ContentLanguage: "de", ContentDisposition: 'attachment; filename="foo.jpg"' },
        ...{ CacheControl: "no-cache", Metadata: {} },
      },
    },
  ],
  ...(
    [
      ["STANDARD", true],
      ["STANDARD_IA", true],
      ["ONEZONE_IA", true],
      ["INTELLIGENT_TIERING", true],
      ["REDUCED_REDUNDANCY", true],
      ["GLACIER", false],
      ["DEEP_ARCHIVE", false],
    ] as const
  ).map(
    ([StorageClass, isRetrievable]): ScenarioRow => [
      `TestS3::test_put_object_storage_class[${StorageClass}-${isRetrievable ? "True" : "False"}]`,
      async ({ put, get }, note) => {
        await put("key", "body-test", { StorageClass });
        await note("get-object", get("key"));
      },
      {
        "get-object": isRetrievable
          ? {
              ...{ ...STORED_AS, Body: "body-test" },
              ...(StorageClass !== "STANDARD" && { StorageClass }),
            }
          : notRetrievable(StorageClass),
      },
    ],
  ),
  [
    "TestS3::test_s3_object_expires",
    async ({ put, get, head }, note) => {
      for (const [label, days] of [
        ["future", 1],
        ["past", -1],
      ] as const) {
        const Expires = new Date(Date.now() + days * 86_400_000);
        await note(`put-object-expires-${label}`, put(label, "foo", { Expires }));
        await note(`head-object-expires-${label}`, head(label));
        await note(`get-object-expires-${label}`, get(label));
      }
    },
    Object.fromEntries(
      ["future", "past"].flatMap((label) => [
        [`put-object-expires-${label}`, { ETag: FOO.ETag, ChecksumCRC32: "jHNlIQ==", ...FULL }],
        [`head-object-expires-${label}`, { ...FOO, ExpiresString: isHttpDate }],
        [`get-object-expires-${label}`, { ...FOO, Body: "foo", ExpiresString: isHttpDate }],
      ]),
    ),
  ],
  [
    "TestS3::test_s3_get_object_headers",
    async ({ put, get }, note) => {
      const { ETag = "" } = await put("en-gb.wav", "sound");
      const bare = ETag.replaceAll('"', "");
      await note("if_none_match_err_1", get("en-gb.wav", { IfNoneMatch: ETag }));
      await note("if_none_match_err_2", get("en-gb.wav", { IfNoneMatch: bare }));
      await note("if_none_match_1", get("en-gb.wav", { IfNoneMatch: "etag" }));
      await note("if_match_1", get("en-gb.wav", { IfMatch: ETag }));
      await note("if_match_2", get("en-gb.wav", { IfMatch: bare }));
      await note("if_match_err_1", get("en-gb.wav", { IfMatch: "etag" }));
    },
    {
      if_none_match_err_1: { status: 304 },
      if_none_match_err_2: { status: 304 },
      if_none_match_1: { status: 200 },
      if_match_1: { status: 200 },
      if_match_2: { status: 200 },
      if_match_err_1: failed(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        { Condition: "If-Match" },
      ),
    },
  ],
  [
    "TestS3::test_s3_get_object_preconditions[head_object]",
    async ({ put, head }, note) => {
      const { ETag = "" } = await put("test-object", "data");
      const { LastModified } = await head("test-object");
      const at = LastModified as Date;
      const [before, after] = [new Date(at.getTime() - 86_400_000), new Date(at.getTime() + 86_400_000)];
      const given = {
        "precondition-if-match": { IfMatch: "a".repeat(32) },
        "precondition-if-unmodified-since": { IfUnmodifiedSince: before },
        "precondition-if-none-match": { IfNoneMatch: ETag },
        "obj-ignore-future-modified-since": { IfModifiedSince: after },
        "etag-missing-quotes": { IfNoneMatch: ETag.replaceAll('"', "") },
        "precondition-if-unmodified-since-is-object": { IfUnmodifiedSince: at },
        "precondition-if-modified-since-is-object": { IfModifiedSince: at },
        "obj-success": { IfMatch: ETag, IfNoneMatch: "b".repeat(32), IfModifiedSince: before },
      };
      for (const [label, condition] of Object.entries(given)) await note(label, head("test-object", condition));
    },
    {
      "precondition-if-match": { status: 412 },
      "precondition-if-unmodified-since": { status: 412 },
      "precondition-if-none-match": { status: 304 },
      "obj-ignore-future-modified-since": { status: 200, ContentLength: 4 },
      "etag-missing-quotes": { status: 304 },
      "precondition-if-unmodified-since-is-object": { status: 200, ETag: '"8d777f385d3dfec8815d20f7496026dc"' },
      "precondition-if-modified-since-is-object": { status: 304 },
      "obj-success": { status: 200, ContentLength: 4, Metadata: {} },
    },
  ],
];

const DIGITS = { Body: "0123456789", ContentLength: 10, ChecksumCRC32: "poTHxg==", ...FULL };
const outOfRange = (RangeRequested: string) =>
  failed(416, "InvalidRange", "The requested range is not satisfiable", { ActualObjectSize: "10", RangeRequested });
const ranges: ScenarioRow = [
  "TestS3ObjectCRUD::test_get_object_range",
  async ({ put, get }, note) => {
    await put("test-key-range", "0123456789");
    const given = {
      "get--9": "bytes=-9",
      "get--15": "bytes=-15",
      "get-0-100": "bytes=0-100",
      "get-0-0": "bytes=0-0",
      "get-0--1": "bytes=0--1",
      "get-multiple-ranges": "bytes=0-1,3-4,7-9",
      "get-wrong-format": "0-1",
      "get--": "bytes=-",
      "get--0": "bytes=-0",
      "get-100-200": "bytes=100-200",
    };
    for (const [label, Range] of Object.entries(given)) await note(label, get("test-key-range", { Range }));
    await note("put-after-failed", put("test-key-range", "0123456789".repeat(2)));
  },
  {
    "get--9": { status: 206, Body: "123456789", ContentLength: 9, ContentRange: "bytes 1-9/10" },
    "get--15": { status: 206, ...DIGITS, ContentRange: "bytes 0-9/10" },
    "get-0-100": { status: 206, ...DIGITS, ContentRange: "bytes 0-9/10" },
    "get-0-0": { status: 206, Body: "0", ContentLength: 1, ContentRange: "bytes 0-0/10" },
    "get-0--1": { status: 200, ...DIGITS },
    "get-multiple-ranges": { status: 200, ...DIGITS },
    "get-wrong-format": { status: 200, ...DIGITS },
    "get--": { status: 200, ...DIGITS },
    "get--0": outOfRange("bytes=-0"),
    "get-100-200": outOfRange("bytes=100-200"),
    "put-after-failed": { ETag: '"be497c2168e374f414a351c49379c01a"', ChecksumCRC32: "/Im61Q==", ...FULL },
  },
];

const T1 = { Key: "tag1", Value: "tag1" };
const T2 = { Key: "tag2", Value: "" };
const T3 = { Key: "tag3", Value: "tag3" };
const sorted = async ({ s3, Bucket }: S3Calls, Key: string) => {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  return { TagSet: TagSet.toSorted((a, b) => (String(a.Key) < String(b.Key) ? -1 : 1)) };
};
const invalidTag = (message: string, more: object) => failed(400, "InvalidTag", message, more);
const wrongTagging = (ArgumentValue: string) =>
  failed(
    400,
    "InvalidArgument",
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
    { ArgumentName: "x-amz-tagging", ArgumentValue },
  );
const untag = ({ s3 }: S3Calls, Bucket: string, Key: string) =>
  s3.send(new DeleteObjectTaggingCommand({ Bucket, Key })).then(answerOf);
const NOWHERE = "no-such-bucket-at-all";
const NO_LOCK = failed(
  400,
  "InvalidArgument",
  "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
  { ArgumentName: "x-amz-bypass-governance-retention" },
);

const tagging: readonly ScenarioRow[] = [
  [
    "TestS3BucketObjectTagging::test_object_tagging_crud",
    async (calls, note) => {
      const { put, get, tags, Bucket } = calls;
      await note("put-object", put("k", "test-tagging"));
      await note("get-object-tags-empty", tags("k"));
      await note("put-object-tags", setTags(calls, "k", [T1, T2]));
      await note("get-object-tags", tags("k"));
      await note("put-object-tags-overwrite", setTags(calls, "k", [T3]));
      await note("get-object-tags-overwritten", tags("k"));
      await note("get-obj-after-tags", get("k"));
      await note("delete-object-tags", untag(calls, Bucket, "k"));
      await note("get-object-tags-deleted", tags("k"));
      await note("get-obj-after-tags-deleted", get("k"));
    },
    {
      "put-object": { ETag: TAGGED.ETag, ChecksumCRC32: "lpqTBg==", ...FULL },
      "get-object-tags-empty": { TagSet: [] },
      "put-object-tags": { status: 200 },
      "get-object-tags": { TagSet: [T1, T2] },
      "put-object-tags-overwrite": { status: 200 },
      "get-object-tags-overwritten": { TagSet: [T3] },
      "get-obj-after-tags": { ...TAGGED, Body: "test-tagging", TagCount: 1 },
      "delete-object-tags": { status: 204 },
      "get-object-tags-deleted": { TagSet: [] },
      "get-obj-after-tags-deleted": { ...TAGGED, Body: "test-tagging" },
    },
  ],
  [
    "TestS3BucketObjectTagging::test_put_object_with_tags",
    async (calls, note) => {
      const { put, get, head, tags } = calls;
      await note("put-object", put("k", "test-tagging", { Tagging: "tag1=tag1&tag2=tag2&tag=" }));
      await note("get-object-tags", sorted(calls, "k"));
      await note("put-object-tags", setTags(calls, "k", [T3]));
      await note("get-object-tags-override", tags("k"));
      await note("head-obj", head("k"));
      await note("get-obj", get("k"));
      await put("k", "", { Tagging: "wrongquery&wrongagain" });
      await note("get-object-tags-wrong-format-qs", sorted(calls, "k"));
      await put("k", "", { Tagging: "key1&&&key2" });
      await note("get-object-tags-wrong-format-qs-2", sorted(calls, "k"));
    },
    {
      "put-object": { ETag: TAGGED.ETag, ChecksumCRC32: "lpqTBg==", ...FULL },
      "get-object-tags": { TagSet: [{ Key: "tag", Value: "" }, T1, { Key: "tag2", Value: "tag2" }] },
      "put-object-tags": { status: 200 },
      "get-object-tags-override": { TagSet: [T3] },
      "head-obj": { ...TAGGED, TagCount: 1 },
      "get-obj": { ...TAGGED, Body: "test-tagging", TagCount: 1 },
      "get-object-tags-wrong-format-qs": {
        TagSet: ["wrongagain", "wrongquery"].map((Key) => ({ Key, Value: "" })),
      },
      "get-object-tags-wrong-format-qs-2": { TagSet: ["key1", "key2"].map((Key) => ({ Key, Value: "" })) },
    },
  ],
  [
    "TestS3BucketObjectTagging::test_head_object_with_tags",
    async (calls, note) => {
      await calls.put("k", "test-tagging", { Tagging: "tag1=tag1&tag2=tag2&tag=" });
      await note("head-obj-after-create", calls.head("k"));
      await note("put-object-tags", setTags(calls, "k", [T3]));
      await note("head-obj-after-tagging", calls.head("k"));
      await setTags(calls, "k", [T1, T2, T3]);
      await note("head-obj-after-overwrite", calls.head("k"));
      await setTags(calls, "k", []);
      await note("head-obj-after-removal", calls.head("k"));
    },
    {
      "head-obj-after-create": { ...TAGGED, TagCount: 3 },
      "put-object-tags": { status: 200 },
      "head-obj-after-tagging": { ...TAGGED, TagCount: 1 },
      "head-obj-after-overwrite": { ...TAGGED, TagCount: 3 },
      "head-obj-after-removal": TAGGED,
    },
  ],
  [
    "TestS3BucketObjectTagging::test_object_tags_delete_or_overwrite_object",
    async (calls, note) => {
      await calls.put("k", "1", { Tagging: "tag1=val1" });
      await note("get-object-after-creation", calls.tags("k"));
      await calls.put("k", "2");
      await note("get-object-after-overwrite", calls.tags("k"));
      await remove(calls, "k");
      await calls.put("k", "3");
      await note("get-object-after-recreation", calls.tags("k"));
    },
    {
      "get-object-after-creation": { TagSet: [{ Key: "tag1", Value: "val1" }] },
      "get-object-after-overwrite": { TagSet: [] },
      "get-object-after-recreation": { TagSet: [] },
    },
  ],
  [
    "TestS3BucketObjectTagging::test_object_tagging_exc",
    async (calls, note) => {
      const { s3, Bucket, put } = calls;
      const Tagging = { TagSet: [] };
      await note("get-no-bucket-tags", s3.send(new GetObjectTaggingCommand({ Bucket: NOWHERE, Key: "fake-key" })));
      await note("delete-no-bucket-tags", untag(calls, NOWHERE, "fake-key"));
      const fake = { Bucket: NOWHERE, Key: "fake-key", Tagging };
      await note("put-no-bucket-tags", s3.send(new PutObjectTaggingCommand(fake)));
      await note("get-no-key-tags", calls.tags("fake-key"));
      await note("delete-no-key-tags", untag(calls, Bucket, "fake-key"));
      await note("put-no-key-tags", setTags(calls, "fake-key", []));
      await note("put-obj-duplicate-tagging", put("k", "", { Tagging: "key1=val1&key1=val2" }));
      await note("put-obj-wrong-format", put("k", "", { Tagging: "key1=val1,key2=val2" }));
    },
    {
      "get-no-bucket-tags": NO_BUCKET,
      "delete-no-bucket-tags": NO_BUCKET,
      "put-no-bucket-tags": NO_BUCKET,
      "get-no-key-tags": NO_KEY,
      "delete-no-key-tags": { ...NO_KEY, Key: "fake-key" },
      "put-no-key-tags": { ...NO_KEY, Key: "fake-key" },
      "put-obj-duplicate-tagging": wrongTagging("key1=val1&key1=val2"),
      "put-obj-wrong-format": wrongTagging("key1=val1,key2=val2"),
    },
  ],
  [
    "TestS3BucketObjectTagging::test_tagging_validation",
    async (calls, note) => {
      await calls.put("k", "");
      const twice = { Key: "Key1", Value: "Val1" };
      await note("put-object-tags-duplicate-keys", setTags(calls, "k", [twice, twice]));
      await note("put-object-tags-invalid-field", setTags(calls, "k", [{ Key: "Key1,Key2", Value: "Val1" }]));
      await note("put-object-tags-aws-prefixed", setTags(calls, "k", [{ Key: "aws:prefixed", Value: "Val1" }]));
      await note("put-object-tags-none-key", setTags(calls, "k", [{ Key: undefined, Value: "Val1" }]));
      await note("put-object-tags-none-value", setTags(calls, "k", [{ Key: "key1", Value: undefined }]));
    },
    {
      "put-object-tags-duplicate-keys": invalidTag("Cannot provide multiple Tags with the same key", {
        TagKey: "Key1",
      }),
      "put-object-tags-invalid-field": invalidTag("The TagKey you have provided is invalid", { TagKey: "Key1,Key2" }),
      "put-object-tags-aws-prefixed": invalidTag("Your TagKey cannot be prefixed with aws:", {
        TagKey: "aws:prefixed",
      }),
      "put-object-tags-none-key": MALFORMED,
      "put-object-tags-none-value": MALFORMED,
    },
  ],
  [
    "TestS3ObjectLock::test_delete_object_with_no_locking",
    async ({ s3, Bucket, put }, note) => {
      await put("k", "test");
      for (const [label, BypassGovernanceRetention] of [
        ["delete-object-bypass-no-lock", true],
        ["delete-object-bypass-no-lock-false", false],
      ] as const) {
        await note(label, s3.send(new DeleteObjectCommand({ Bucket, Key: "k", BypassGovernanceRetention })));
      }
      const Delete = { Objects: [{ Key: "k" }] };
      const all = new DeleteObjectsCommand({ Bucket, Delete, BypassGovernanceRetention: true });
      await note("delete-objects-bypass-no-lock", s3.send(all));
    },
    {
      "delete-object-bypass-no-lock": NO_LOCK,
      "delete-object-bypass-no-lock-false": NO_LOCK,
      "delete-objects-bypass-no-lock": NO_LOCK,
    },
  ],
  [
    "TestS3ObjectCRUD::test_get_object_with_version_unversioned_bucket",
    async ({ put, get }, note) => {
      await note("put-object", put("test-version", "test-version"));
      await note("get-obj-with-null-version", get("test-version", { VersionId: "null" }));
    },
    {
      "put-object": { ETag: '"a8b14b49cca6ee9a2dc6e28f87cc542c"', ChecksumCRC32: "jSiR5g==", ...FULL },
      "get-obj-with-null-version": { Body: "test-version", ChecksumCRC32: "jSiR5g==", ...FULL, ContentLength: 12 },
    },
  ],
  [
    "TestS3BucketCRUD::test_delete_bucket_with_objects",
    async (calls, note) => {
      const { s3, Bucket, put } = calls;
      await put("k", "test-delete");
      await note("delete-with-obj", s3.send(new DeleteBucketCommand({ Bucket })));
      await note("delete-obj", remove(calls, "k"));
      await note("delete-bucket", s3.send(new DeleteBucketCommand({ Bucket })).then(answerOf));
    },
    {
      "delete-with-obj": failed(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"),
      "delete-obj": { status: 204 },
      "delete-bucket": { status: 204 },
    },
  ],
];

const RULE = { Expiration: { Days: 7 }, Filter: { Prefix: "" }, ID: "wholebucket", Status: "Enabled" } as const;
const NO_LIFECYCLE = failed(404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist");
const lifecycle = ({ s3, Bucket }: S3Calls) =>
  s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })).then(answerOf);
const setLifecycle = ({ s3, Bucket }: S3Calls, Rules: readonly object[]) =>
  s3
    .send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [...Rules] as never } }),
    )
    .then(answerOf);

const buckets: readonly ScenarioRow[] = [
  [
    "TestS3BucketLifecycle::test_delete_bucket_lifecycle_configuration",
    async (calls, note) => {
      const { s3, Bucket } = calls;
      await note("get-bucket-lifecycle-exc-1", lifecycle(calls));
      await note(
        "delete-bucket-lifecycle-no-bucket",
        s3.send(new DeleteBucketLifecycleCommand({ Bucket })).then(answerOf),
      );
      await setLifecycle(calls, [RULE]);
      await note("get-bucket-lifecycle-conf", lifecycle(calls));
      await s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
      await note("get-bucket-lifecycle-exc-2", lifecycle(calls));
    },
    {
      "get-bucket-lifecycle-exc-1": NO_LIFECYCLE,
      "delete-bucket-lifecycle-no-bucket": { status: 204 },
      "get-bucket-lifecycle-conf": {
        Rules: [RULE],
        TransitionDefaultMinimumObjectSize: "all_storage_classes_128K",
      },
      "get-bucket-lifecycle-exc-2": NO_LIFECYCLE,
    },
  ],
  [
    "TestS3BucketLifecycle::test_delete_lifecycle_configuration_on_bucket_deletion",
    async (calls, note) => {
      const { s3, Bucket } = calls;
      await setLifecycle(calls, [RULE]);
      await note("get-bucket-lifecycle-conf", lifecycle(calls));
      await s3.send(new DeleteBucketCommand({ Bucket }));
      await s3.send(new CreateBucketCommand({ Bucket }));
      await note("get-bucket-lifecycle-exc", lifecycle(calls));
    },
    { "get-bucket-lifecycle-conf": { Rules: [RULE] }, "get-bucket-lifecycle-exc": NO_LIFECYCLE },
  ],
  [
    "TestS3BucketLifecycle::test_put_bucket_lifecycle_conf_exc",
    async (calls, note) => {
      await note("missing-id", setLifecycle(calls, [{ Expiration: { Days: 7 }, Status: "Enabled" }]));
      const missing = [{ Expiration: { Days: 7 }, ID: "wholebucket", Status: "Enabled" }];
      await note("missing-filter", setLifecycle(calls, missing));
    },
    { "missing-id": MALFORMED, "missing-filter": MALFORMED },
  ],
  [
    "TestS3BucketLifecycle::test_bucket_lifecycle_configuration_object_expiry",
    async (calls, note) => {
      await setLifecycle(calls, [{ ...RULE, ID: "rule_number_one" }]);
      await calls.put("test-object-expiry", "test");
      await note("head-object-expiry", calls.head("test-object-expiry"));
      await note("get-object-expiry", calls.get("test-object-expiry"));
    },
    Object.fromEntries(
      ["head-object-expiry", "get-object-expiry"].map((label) => [
        label,
        { ETag: TEST.ETag, Expiration: expect.stringMatching(/^expiry-date="[^"]+ GMT", rule-id="rule_number_one"$/) },
      ]),
    ),
  ],
  [
    "TestS3::test_s3_uppercase_bucket_name",
    async ({ s3 }, note) => {
      await note("uppercase-bucket", s3.send(new CreateBucketCommand({ Bucket: "UpperCase-Bucket" })));
    },
    { "uppercase-bucket": failed(400, "InvalidBucketName", "The specified bucket is not valid.") },
  ],
  [
    "TestS3::test_bucket_does_not_exist",
    async ({ s3 }, note) => {
      await note("list_object", s3.send(new ListObjectsV2Command({ Bucket: NOWHERE })));
    },
    { list_object: { ...NO_BUCKET, BucketName: NOWHERE } },
  ],
  [
    "TestS3::test_create_bucket_head_bucket",
    async ({ s3, Bucket }, note) => {
      await note("create_bucket", s3.send(new CreateBucketCommand({ Bucket: `${Bucket}-more` })));
      await note("head_bucket", s3.send(new HeadBucketCommand({ Bucket: `${Bucket}-more` })).then(answerOf));
      await note("head_bucket_not_exist", s3.send(new HeadBucketCommand({ Bucket: NOWHERE })));
    },
    {
      create_bucket: {
        Location: expect.stringMatching(/^\/recorded-.*-more$/),
        BucketArn: expect.stringMatching(/^arn:aws:s3:::recorded-.*-more$/),
      },
      head_bucket: {
        ...{ status: 200, AccessPointAlias: false, BucketRegion: "us-east-1" },
        BucketArn: expect.stringMatching(/^arn:aws:s3:::recorded-.*-more$/),
      },
      head_bucket_not_exist: { status: 404 },
    },
  ],
  [
    "TestS3::test_create_bucket_with_invalid_location_constraint[us-east-1-foo]",
    async ({ s3, Bucket }, note) => {
      const CreateBucketConfiguration = { LocationConstraint: "foo" as never };
      await note(
        "us-east-1-location-constraint-foo-error",
        s3.send(new CreateBucketCommand({ Bucket: `${Bucket}-more`, CreateBucketConfiguration })),
      );
    },
    {
      "us-east-1-location-constraint-foo-error": failed(
        400,
        "InvalidLocationConstraint",
        "The specified location-constraint is not valid",
        { LocationConstraint: "foo" },
      ),
    },
  ],
];

const emptyTags: ScenarioRow = [
  "TestS3::test_put_object_tagging_empty_list",
  async (calls, note) => {
    await calls.put("k", "test-tagging");
    await note("created-object-tags", calls.tags("k"));
    await setTags(calls, "k", [T1, T2]);
    await note("updated-object-tags", calls.tags("k"));
    await setTags(calls, "k", []);
    await note("deleted-object-tags", calls.tags("k"));
  },
  {
    "created-object-tags": { TagSet: [] },
    "updated-object-tags": { TagSet: [T1, T2] },
    "deleted-object-tags": { TagSet: [] },
  },
];

/** AWS's answers about keys, reading, tags and buckets. */
export const objectScenarios = [
  ...scenariosOf("test_s3.py", [...keys, ...reading, ...buckets, emptyTags]),
  ...scenariosOf("test_s3_api.py", [ranges, ...tagging]),
];
