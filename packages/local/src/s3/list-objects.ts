import { type Bucket, bucketArn, type StoredObject } from "./bucket.ts";
import { decodeToken, encodeToken, type ListPage, listPage, positionAfter } from "./list-page.ts";
import { queryInteger, type S3Call, sendXml } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { requireBucket, type S3State } from "./s3-state.ts";
import { element, escapeXml, urlEncodeLikeS3, xmlDocument } from "./xml-text.ts";

const MAX_PAGE_KEYS = 1000;
const MAX_INT32 = 2_147_483_647;

/** Query parameters that only the second version has, with their names in S3's error. */
const VERSION_2_PARAMETERS = [
  ["start-after", "startAfter"],
  ["continuation-token", "continuation-token"],
] as const;

/** The common part of both versions of the listing. */
interface Listing {
  readonly bucket: Bucket;
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly encodingType: string | undefined;
  /** Encodes keys, prefixes and delimiters as `EncodingType` asks, and escapes them for XML. */
  readonly text: (value: string) => string;
}

function openListing(s3: S3State, call: S3Call): Listing {
  call.service.authorize("s3:ListBucket", bucketArn(call.bucketName));
  const bucket = requireBucket(s3, call.bucketName);
  return {
    bucket,
    prefix: call.query.get("prefix") ?? "",
    delimiter: call.query.get("delimiter") ?? "",
    maxKeys: Math.min(
      MAX_PAGE_KEYS,
      queryInteger(call, "max-keys", { least: 0, most: MAX_INT32, otherwise: MAX_PAGE_KEYS }),
    ),
    ...readEncoding(call),
  };
}

/**
 * How keys are written in a listing.
 *
 * @throws S3Error `InvalidArgument` for any `encoding-type` but `url`.
 */
export function readEncoding(call: S3Call): Pick<Listing, "encodingType" | "text"> {
  const encodingType = call.query.get("encoding-type");
  if (encodingType !== undefined && encodingType !== "url") {
    throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request", {
      ArgumentName: "encoding-type",
      ArgumentValue: encodingType,
    });
  }
  return { encodingType, text: encodingType === "url" ? urlEncodeLikeS3 : escapeXml };
}

/** `ListObjectsV2`. */
export function listObjectsV2(s3: S3State, call: S3Call): void {
  const listing = openListing(s3, call);
  const token = call.query.get("continuation-token");
  if (token === "") {
    throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
      ArgumentName: "continuation-token",
    });
  }
  const startAfter = call.query.get("start-after");
  if (s3.isStartAfterStrict && startAfter !== undefined) checkStartAfter(startAfter);
  const from =
    token !== undefined
      ? decodeToken(token)
      : startAfter !== undefined && startAfter !== ""
        ? positionAfter(startAfter, listing.prefix, listing.delimiter)
        : undefined;
  const page = listPage(listing.bucket.objects, { ...listing, from });
  const head =
    headOf(listing, page) +
    element("KeyCount", page.contents.length + page.commonPrefixes.length) +
    element("ContinuationToken", token) +
    (page.next === undefined ? "" : element("NextContinuationToken", encodeToken(page.next))) +
    (startAfter === undefined ? "" : `<StartAfter>${listing.text(startAfter)}</StartAfter>`);
  const owner = call.query.get("fetch-owner") === "true" ? ownerOf(s3) : "";
  sendXml(call, xmlDocument("ListBucketResult", head + resultsOf(listing, page, owner)));
}

/** Code points that real S3 is reported to refuse in `StartAfter`: C0, DEL, C1 and the noncharacters of every plane. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNSAFE_IN_START_AFTER = /[\u0000-\u001f\u007f-\u009f]|\p{Noncharacter_Code_Point}/u;

function checkStartAfter(startAfter: string): void {
  const [unsafe] = UNSAFE_IN_START_AFTER.exec(startAfter) ?? [];
  if (unsafe === undefined) return;
  const codePoint = unsafe.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new S3Error("InvalidArgument", `StartAfter must not contain U+${codePoint}.`, {
    ArgumentName: "start-after",
    ArgumentValue: urlEncodeLikeS3(startAfter),
  });
}

/** `ListObjects`, the first version, with markers. */
export function listObjects(s3: S3State, call: S3Call): void {
  for (const [name, shown] of VERSION_2_PARAMETERS) {
    if (call.query.has(name)) {
      throw new S3Error("InvalidArgument", `${shown} only supported in REST.GET.BUCKET with list-type=2`, {
        ArgumentName: name,
      });
    }
  }
  const listing = openListing(s3, call);
  const marker = call.query.get("marker") ?? "";
  const from = marker === "" ? undefined : positionAfter(marker, listing.prefix, listing.delimiter);
  const page = listPage(listing.bucket.objects, { ...listing, from });
  const { next } = page;
  const nextMarker =
    next === undefined || listing.delimiter === "" ? undefined : "afterKey" in next ? next.afterKey : next.afterPrefix;
  const head =
    headOf(listing, page) +
    `<Marker>${listing.text(marker)}</Marker>` +
    (nextMarker === undefined ? "" : `<NextMarker>${listing.text(nextMarker)}</NextMarker>`);
  sendXml(call, xmlDocument("ListBucketResult", head + resultsOf(listing, page, ownerOf(s3))));
}

function headOf(listing: Listing, page: ListPage<StoredObject>): string {
  return (
    element("Name", listing.bucket.name) +
    `<Prefix>${listing.text(listing.prefix)}</Prefix>` +
    (listing.delimiter === "" ? "" : `<Delimiter>${listing.text(listing.delimiter)}</Delimiter>`) +
    element("MaxKeys", listing.maxKeys) +
    element("EncodingType", listing.encodingType) +
    element("IsTruncated", page.next !== undefined && listing.maxKeys > 0)
  );
}

function resultsOf(listing: Listing, page: ListPage<StoredObject>, owner: string): string {
  const { text } = listing;
  let xml = "";
  let dateMs = Number.NaN;
  let date = "";
  for (const [key, object] of page.contents) {
    if (object.lastModifiedMs !== dateMs) {
      dateMs = object.lastModifiedMs;
      date = new Date(dateMs).toISOString();
    }
    const checksum =
      object.checksum === undefined
        ? ""
        : `<ChecksumAlgorithm>${object.checksum.algorithm}</ChecksumAlgorithm><ChecksumType>${object.checksum.type}</ChecksumType>`;
    xml += `<Contents><Key>${text(key)}</Key><LastModified>${date}</LastModified><ETag>&quot;${object.etag}&quot;</ETag>${checksum}<Size>${object.body.size}</Size>${owner}<StorageClass>${object.storageClass}</StorageClass></Contents>`;
  }
  for (const prefix of page.commonPrefixes) xml += `<CommonPrefixes><Prefix>${text(prefix)}</Prefix></CommonPrefixes>`;
  return xml;
}

/** The bucket owner as S3 writes it: a canonical user id of 64 hexadecimal digits, here made from the account id. */
export function ownerOf(s3: S3State): string {
  return `<Owner><ID>${s3.accountId.padStart(64, "0")}</ID></Owner>`;
}
