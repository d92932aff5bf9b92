import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type UploadedObject, type UploadNews, uploadNewsOf } from "./upload-news.ts";

const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }).filter((text) => text.isWellFormed());
const file: fc.Arbitrary<UploadedObject> = fc.record(
  {
    bucket: fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,30}[a-z0-9]$/),
    key,
    versionId: fc.stringMatching(/^[A-Za-z0-9._]{1,32}$/),
    sequencer: fc.stringMatching(/^[0-9A-F]{16}$/),
    etag: fc.stringMatching(/^[0-9a-f]{32}$/),
  },
  { requiredKeys: ["bucket", "key"] },
);

/** As S3 encodes keys in notifications. */
const encoded = (text: string) => encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%2F", "/");
const notification = (files: readonly UploadedObject[]) => ({
  Records: files.map(({ bucket, key, versionId, sequencer, etag }) => ({
    eventSource: "aws:s3",
    eventName: "ObjectCreated:Put",
    s3: { bucket: { name: bucket }, object: { key: encoded(key), versionId, sequencer, eTag: etag } },
  })),
});
const objectCreated = ({ bucket, key, versionId, sequencer, etag }: UploadedObject) => ({
  id: "e-1",
  source: "aws.s3",
  "detail-type": "Object Created",
  detail: { bucket: { name: bucket }, object: { key, "version-id": versionId, sequencer, etag } },
});
const uploads = (files: readonly UploadedObject[]): UploadNews[] => files.map((object) => ({ kind: "upload", object }));
const bySns = (content: unknown) => ({ Type: "Notification", MessageId: "m", Message: JSON.stringify(content) });

describe("[S3.1] the files that were uploaded are found in every envelope, by their decoded keys", () => {
  it("S3's own notification, straight or raw through SNS, with any number of records", () => {
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 4 }), (files) => {
        expect(uploadNewsOf(JSON.stringify(notification(files)))).toEqual(uploads(files));
      }),
    );
  });

  it("the same, wrapped by SNS", () => {
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 4 }), (files) => {
        expect(uploadNewsOf(JSON.stringify(bySns(notification(files))))).toEqual(uploads(files));
      }),
    );
  });

  it("EventBridge's Object Created, whose key is as it is, straight or wrapped by SNS", () => {
    fc.assert(
      fc.property(file, fc.boolean(), (one, isWrapped) => {
        const content = objectCreated(one);
        const body = JSON.stringify(isWrapped ? bySns(content) : content);
        expect(uploadNewsOf(body)).toEqual(uploads([one]));
      }),
    );
  });
});

describe("whatever a message holds", () => {
  it("it is understood, or odd with one line for people, and never anything else", () => {
    const names = fc.constantFrom(
      "Records",
      "detail",
      "Type",
      "Message",
      "Event",
      "s3",
      "bucket",
      "object",
      "key",
      "name",
    );
    const nested = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), fc.array(tie("value")), fc.dictionary(names, tie("value"))),
    })).value;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          nested.map((value) => JSON.stringify(value)),
        ),
        (body) => {
          const news = uploadNewsOf(body);
          expect(news.length).toBeGreaterThan(0);
          for (const each of news) {
            expect(["upload", "test", "odd"]).toContain(each.kind);
            if (each.kind === "odd") expect(each.message).not.toContain("\n");
          }
        },
      ),
    );
  });
});
