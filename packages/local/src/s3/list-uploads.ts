import { bucketArn, type MultipartUpload } from "./bucket.ts";
import { compareKeys } from "./key-order.ts";
import { ownerOf, readEncoding } from "./list-objects.ts";
import { queryInteger, type S3Call, sendXml } from "./s3-call.ts";
import { requireBucket, type S3State } from "./s3-state.ts";
import { element, xmlDocument } from "./xml-text.ts";

/** `ListMultipartUploads`: by key, then by the time they began. */
export function listMultipartUploads(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:ListBucketMultipartUploads", bucketArn(call.bucketName));
  const bucket = requireBucket(s3, call.bucketName);
  const { query } = call;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const keyMarker = query.get("key-marker") ?? "";
  const uploadIdMarker = query.get("upload-id-marker") ?? "";
  const maxUploads = Math.min(
    1000,
    queryInteger(call, "max-uploads", { least: 0, most: 2_147_483_647, otherwise: 1000 }),
  );
  const { text, encodingType } = readEncoding(call);

  const uploads = [...bucket.uploads.values()]
    .filter((upload) => upload.key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key) || a.initiatedMs - b.initiatedMs || (a.id < b.id ? -1 : 1));
  const marked = uploads.findIndex((upload) => upload.key === keyMarker && upload.id === uploadIdMarker);
  const rest = uploads.filter((upload, at) => {
    if (keyMarker === "") return true;
    return marked === -1 ? compareKeys(upload.key, keyMarker) > 0 : at > marked;
  });

  const page: MultipartUpload[] = [];
  const commonPrefixes: string[] = [];
  let taken = 0;
  for (const upload of rest) {
    const at = delimiter === "" ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const commonPrefix = at === -1 ? undefined : upload.key.slice(0, at + delimiter.length);
    const isSeen =
      commonPrefix !== undefined && (commonPrefix === commonPrefixes.at(-1) || keyMarker.startsWith(commonPrefix));
    if (!isSeen && page.length + commonPrefixes.length >= maxUploads) break;
    taken++;
    if (isSeen) continue;
    if (commonPrefix === undefined) page.push(upload);
    else commonPrefixes.push(commonPrefix);
  }
  const last = rest[taken - 1];
  const isTruncated = taken < rest.length && maxUploads > 0;

  const content = page.map(
    (upload) =>
      `<Upload><Key>${text(upload.key)}</Key>${element("UploadId", upload.id)}${ownerOf(s3)}${element("StorageClass", upload.description.storageClass)}${element("Initiated", new Date(upload.initiatedMs).toISOString())}${element("ChecksumAlgorithm", upload.checksum?.algorithm)}${element("ChecksumType", upload.checksum?.type)}</Upload>`,
  );
  sendXml(
    call,
    xmlDocument(
      "ListMultipartUploadsResult",
      element("Bucket", bucket.name) +
        `<KeyMarker>${text(keyMarker)}</KeyMarker>${element("UploadIdMarker", uploadIdMarker)}` +
        // S3 names the last upload, also where no more follow.
        `<NextKeyMarker>${text(last?.key ?? "")}</NextKeyMarker>${element("NextUploadIdMarker", last?.id ?? "")}` +
        `<Prefix>${text(prefix)}</Prefix>` +
        (delimiter === "" ? "" : `<Delimiter>${text(delimiter)}</Delimiter>`) +
        element("EncodingType", encodingType) +
        element("MaxUploads", maxUploads) +
        element("IsTruncated", isTruncated) +
        content.join("") +
        commonPrefixes.map((each) => `<CommonPrefixes><Prefix>${text(each)}</Prefix></CommonPrefixes>`).join(""),
    ),
  );
}
