import type { CopyObjectCommandInput } from "@aws-sdk/client-s3";
import { failed, type ScenarioRow, scenariosOf } from "./s3-scenario.ts";

const FULL = { ChecksumType: "FULL_OBJECT" };
const JSON_TEXT = '{"key": "value"}';
const DOCUMENT = { ETag: '"88bac95f31528d13a072c05f2a1cf371"' };
const DOCUMENT_PUT = { ...DOCUMENT, ChecksumCRC32: "MzVIGw==", ...FULL };
const DOCUMENT_COPIED = { CopyObjectResult: DOCUMENT_PUT };
const TEST = { ETag: '"098f6bcd4621d373cade4e832627b4f6"', ChecksumCRC32: "2H9+DA==", ...FULL };
const TEST_COPIED = { CopyObjectResult: TEST };
const TO_ITSELF = failed(
  400,
  "InvalidRequest",
  "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
);
const shown = (ContentType: string, Metadata: object) => ({ ...DOCUMENT, ContentLength: 16, ContentType, Metadata });
const OCTETS = "binary/octet-stream";
const SOURCE = { ContentType: "application/json", Metadata: { key: "value" } };

const SPECIAL = ["file%2Fname", "test@key/", "test key/", "test key//", "a/%F0%9F%98%80/", "test+key"];

const copies: readonly ScenarioRow[] = [
  [
    "TestS3::test_s3_copy_metadata_replace",
    async ({ put, head, copy }, note) => {
      await note("put_object", put("source", JSON_TEXT, { ...SOURCE, ContentLanguage: "en-US" }));
      await note("head_object", head("source"));
      const more = { Metadata: { "another-key": "value" }, ContentType: "image/jpg" };
      await note("copy_object", copy("source", "copy", { ...more, MetadataDirective: "REPLACE" }));
      await note("head_object_copy", head("copy"));
    },
    {
      put_object: DOCUMENT_PUT,
      head_object: { ...shown("application/json", { key: "value" }), ContentLanguage: "en-US" },
      copy_object: DOCUMENT_COPIED,
      head_object_copy: shown("image/jpg", { "another-key": "value" }),
    },
  ],
  [
    "TestS3::test_s3_copy_content_type_and_metadata",
    async ({ put, head, copy }, note) => {
      await note("put_object", put("source", JSON_TEXT, SOURCE));
      await note("head_object", head("source"));
      await note("copy_object", copy("source", "copy"));
      await note("head_object_copy", head("copy"));
      const ignored = { Metadata: { "another-key": "value" }, ContentType: "application/javascript" };
      await note("copy_object_second", copy("source", "second", ignored));
      await note("head_object_second_copy", head("second"));
    },
    {
      put_object: DOCUMENT_PUT,
      head_object: shown("application/json", { key: "value" }),
      copy_object: DOCUMENT_COPIED,
      head_object_copy: shown("application/json", { key: "value" }),
      copy_object_second: DOCUMENT_COPIED,
      head_object_second_copy: shown("application/json", { key: "value" }),
    },
  ],
  [
    "TestS3::test_s3_copy_metadata_directive_copy",
    async ({ put, head, copy }, note) => {
      const more = { Metadata: { key: "value" }, ContentLanguage: "en-US" };
      await note("put-object", put("source", "test", more));
      await note("head-object", head("source"));
      const ignored: Partial<CopyObjectCommandInput> = {
        ...{ Metadata: { "another-key": "value" }, ContentLanguage: "en-GB", MetadataDirective: "COPY" },
      };
      await note("copy-object", copy("source", "copy", ignored));
      await note("head-object-copy", head("copy"));
    },
    {
      "put-object": TEST,
      "head-object": { ETag: TEST.ETag, ContentLanguage: "en-US", ContentLength: 4, Metadata: { key: "value" } },
      "copy-object": TEST_COPIED,
      "head-object-copy": { ETag: TEST.ETag, ContentLanguage: "en-US", ContentLength: 4, Metadata: { key: "value" } },
    },
  ],
  [
    "TestS3::test_s3_copy_object_in_place_metadata_directive",
    async ({ put, head, copy }, note) => {
      const inPlace = (more: Partial<CopyObjectCommandInput>) => copy("source", "source", more);
      await note("put_object", put("source", JSON_TEXT, SOURCE));
      await note("head_object", head("source"));
      await note("no-metadata-directive-fail", inPlace({ Metadata: { key: "value" } }));
      const replaced: Partial<CopyObjectCommandInput> = { Metadata: { key2: "value2" }, MetadataDirective: "REPLACE" };
      await note("copy-replace-directive", inPlace(replaced));
      await note("head-replace-directive", head("source"));
      const kept: Partial<CopyObjectCommandInput> = { MetadataDirective: "COPY", StorageClass: "STANDARD" };
      await note("copy-copy-directive", inPlace(kept));
      await note("head-copy-directive", head("source"));
      await note("copy-copy-directive-ignore", inPlace({ ...kept, Metadata: { key3: "value3" } }));
      await note("head-copy-directive-ignore", head("source"));
      await note("copy-replace-directive-empty", inPlace({ MetadataDirective: "REPLACE" }));
      await note("head-replace-directive-empty", head("source"));
    },
    {
      put_object: DOCUMENT_PUT,
      head_object: shown("application/json", { key: "value" }),
      "no-metadata-directive-fail": TO_ITSELF,
      "copy-replace-directive": DOCUMENT_COPIED,
      "head-replace-directive": shown(OCTETS, { key2: "value2" }),
      "copy-copy-directive": DOCUMENT_COPIED,
      "head-copy-directive": shown(OCTETS, { key2: "value2" }),
      "copy-copy-directive-ignore": DOCUMENT_COPIED,
      "head-copy-directive-ignore": shown(OCTETS, { key2: "value2" }),
      "copy-replace-directive-empty": DOCUMENT_COPIED,
      "head-replace-directive-empty": shown(OCTETS, {}),
    },
  ],
  [
    "TestS3::test_s3_copy_object_storage_class",
    async ({ put, head, copy }, note) => {
      await note("put-object", put("source", "test", { StorageClass: "STANDARD_IA" }));
      await note("head-object", head("source"));
      const more = { StorageClass: "STANDARD_IA" } as const;
      await note("copy-object-in-place-with-storage-class", copy("source", "source", more));
    },
    {
      "put-object": TEST,
      "head-object": { ETag: TEST.ETag, ContentLength: 4, StorageClass: "STANDARD_IA" },
      "copy-object-in-place-with-storage-class": TEST_COPIED,
    },
  ],
  ...(
    [
      ["CRC32", "MzVIGw=="],
      ["CRC32C", "078Ilw=="],
      ["SHA1", "5zXdjmjYk4EJ8Cw4PMnQVslCpRQ="],
      ["SHA256", "lyTB4g5uPk1/V+0l+dTvsAblCFkNUoyQ2ll/andcE+U="],
    ] as const
  ).map(
    ([ChecksumAlgorithm, checksum]): ScenarioRow => [
      `TestS3::test_s3_copy_object_with_checksum[${ChecksumAlgorithm}]`,
      async ({ put, copy }, note) => {
        await note("put-object-no-checksum", put("source", JSON_TEXT, SOURCE));
        await note(
          "copy-object-in-place-with-checksum",
          copy("source", "source", {
            ...{ ChecksumAlgorithm, Metadata: { key1: "value1" }, MetadataDirective: "REPLACE" },
          }),
        );
        await note("copy-object-to-dest-keep-checksum", copy("source", "dest"));
      },
      {
        "put-object-no-checksum": DOCUMENT_PUT,
        "copy-object-in-place-with-checksum": {
          CopyObjectResult: { ...DOCUMENT, [`Checksum${ChecksumAlgorithm}`]: checksum, ...FULL },
        },
        "copy-object-to-dest-keep-checksum": {
          CopyObjectResult: { ...DOCUMENT, [`Checksum${ChecksumAlgorithm}`]: checksum, ...FULL },
        },
      },
    ],
  ),
  ...(["REPLACE", undefined] as const).map((TaggingDirective): ScenarioRow => {
    const first = { TagSet: [{ Key: "key1", Value: "value1" }] };
    const isReplaced = TaggingDirective === "REPLACE";
    return [
      `TestS3::test_s3_copy_tagging_directive[${TaggingDirective ?? "None"}]`,
      async ({ put, copy, tags }, note) => {
        const directive = isReplaced ? { TaggingDirective } : {};
        await note("put-object", put("source", "test", { Tagging: "key1=value1" }));
        await note("get-object-tag", tags("source"));
        await note("copy-object", copy("source", "copy", { Tagging: "key2=value2", ...directive }));
        await note("get-copy-object-tag", tags("copy"));
        await note("copy-object-tag-empty", copy("source", "empty", directive));
        await note("get-copy-object-tag-empty", tags("empty"));
      },
      {
        "put-object": TEST,
        "get-object-tag": first,
        "copy-object": TEST_COPIED,
        "get-copy-object-tag": isReplaced ? { TagSet: [{ Key: "key2", Value: "value2" }] } : first,
        "copy-object-tag-empty": TEST_COPIED,
        "get-copy-object-tag-empty": isReplaced ? { TagSet: [] } : first,
      },
    ];
  }),
  [
    "TestS3::test_copy_object_special_character",
    async ({ put, copy }, note) => {
      for (const key of SPECIAL) {
        await note(`put-object-src-special-char-${key}`, put(key, "test"));
        await note(`copy-object-special-char-${key}`, copy(key, `copy-of-${key}`));
      }
    },
    Object.fromEntries(
      SPECIAL.flatMap((key) => [
        [`put-object-src-special-char-${key}`, TEST],
        [`copy-object-special-char-${key}`, TEST_COPIED],
      ]),
    ),
  ],
];

const CONTENT_COPIED = {
  CopyObjectResult: { ETag: '"4d96fd1280dd67fe2eac895339a0a8e3"', ChecksumCRC32: "wmoL/Q==", ...FULL },
};
const conditions: readonly ScenarioRow[] = [
  [
    "TestS3ObjectWritePrecondition::test_copy_object_if_none_match",
    async ({ put, copy }, note) => {
      await put("source", "source content");
      await note("copy-obj", copy("source", "dest", { IfNoneMatch: "*" }));
    },
    { "copy-obj": CONTENT_COPIED },
  ],
  [
    "TestS3ObjectWritePrecondition::test_copy_object_if_match",
    async ({ put, copy }, note) => {
      await put("source", "source content");
      const { ETag } = await put("dest", "initial content");
      await note("copy-obj-if-match", copy("source", "dest", { IfMatch: ETag }));
    },
    { "copy-obj-if-match": CONTENT_COPIED },
  ],
  [
    "TestS3ObjectWritePrecondition::test_copy_object_if_match_in_place",
    async ({ put, copy }, note) => {
      const { ETag } = await put("source", "source content");
      const more = { IfMatch: ETag, Metadata: { key: "value" }, MetadataDirective: "REPLACE" } as const;
      await note("copy-obj-if-match-in-place", copy("source", "source", more));
    },
    { "copy-obj-if-match-in-place": CONTENT_COPIED },
  ],
  [
    "TestS3ObjectWritePrecondition::test_put_object_if_match",
    async ({ put }, note) => {
      const { ETag } = (await note("put-obj", put("k", "test"))) ?? {};
      await note("put-obj-overwrite", put("k", "", { IfMatch: ETag }));
    },
    { "put-obj": TEST, "put-obj-overwrite": { ETag: '"d41d8cd98f00b204e9800998ecf8427e"', ChecksumCRC32: "AAAAAA==" } },
  ],
];

/** AWS's answers about copies and conditions on writes. */
export const copyScenarios = [...scenariosOf("test_s3.py", copies), ...scenariosOf("test_s3_api.py", conditions)];
