import type { Tag } from "./bucket.ts";
import { S3Error } from "./s3-error.ts";
import { childNamed, childrenNamed, childText, type XmlElement } from "./xml-reader.ts";
import { element, xmlDocument } from "./xml-text.ts";

const MAX_TAGS = 10;
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const NO_TAGS: readonly Tag[] = [];

/** Reads the `x-amz-tagging` header, a URL-encoded query. @throws S3Error `InvalidTag`, `InvalidArgument`. */
export function parseTaggingHeader(header: string | undefined): readonly Tag[] {
  if (header === undefined || header === "") return NO_TAGS;
  const tags = Array.from(new URLSearchParams(header), ([key, value]) => ({ key, value }));
  const isQuery = header.split("&").every((pair) => pair.split("=").length <= 2);
  if (!isQuery || hasDuplicates(tags)) {
    throw new S3Error(
      "InvalidArgument",
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      { ArgumentName: "x-amz-tagging", ArgumentValue: header },
    );
  }
  return checkTags(tags);
}

/** Reads a `Tagging` document. @throws S3Error `InvalidTag`, `MalformedXML`. */
export function parseTagging(tagging: XmlElement): readonly Tag[] {
  const set = childNamed(tagging, "TagSet");
  if (tagging.name !== "Tagging" || set === undefined) throw new S3Error("MalformedXML");
  return checkTags(
    childrenNamed(set, "Tag").map((tag) => {
      const key = childText(tag, "Key");
      const value = childText(tag, "Value");
      if (key === undefined || value === undefined) throw new S3Error("MalformedXML");
      return { key, value };
    }),
  );
}

/** Writes a `Tagging` document. */
export function formatTagging(tags: readonly Tag[]): string {
  const set = tags.map((tag) => `<Tag>${element("Key", tag.key)}${element("Value", tag.value)}</Tag>`).join("");
  return xmlDocument("Tagging", `<TagSet>${set}</TagSet>`);
}

function checkTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > MAX_TAGS) throw new S3Error("InvalidTag", `Object tags cannot be greater than ${MAX_TAGS}`);
  for (const { key, value } of tags) {
    if (key.length === 0 || key.length > 128 || !ALLOWED.test(key))
      throw new S3Error("InvalidTag", "The TagKey you have provided is invalid", { TagKey: key });
    if (/^aws:/i.test(key))
      throw new S3Error("InvalidTag", "Your TagKey cannot be prefixed with aws:", { TagKey: key });
    if (value.length > 256 || !ALLOWED.test(value))
      throw new S3Error("InvalidTag", "The TagValue you have provided is invalid", { TagKey: key, TagValue: value });
  }
  const twice = tags.find(({ key }, at) => tags.findIndex((tag) => tag.key === key) < at);
  if (twice !== undefined) {
    throw new S3Error("InvalidTag", "Cannot provide multiple Tags with the same key", { TagKey: twice.key });
  }
  return tags;
}

function hasDuplicates(tags: readonly Tag[]): boolean {
  return new Set(tags.map(({ key }) => key)).size < tags.length;
}
