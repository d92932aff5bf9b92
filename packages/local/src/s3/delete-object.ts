import { AccessDenied } from "../gateway/service.ts";
import { type Bucket, objectArn } from "./bucket.ts";
import { receiveDocument } from "./payload.ts";
import { checkWrite } from "./preconditions.ts";
import { headerOf, type S3Call, sendEmpty, sendXml } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { invalidVersion, isUnknownVersion, removeObject, requireBucket, type S3State } from "./s3-state.ts";
import { childrenNamed, childText } from "./xml-reader.ts";
import { element, xmlDocument } from "./xml-text.ts";

const MAX_DELETES = 1000;

/** `DeleteObject`: succeeds whether or not the object is there, unless a condition is set. */
export function deleteObject(s3: S3State, call: S3Call): void {
  const bucket = requireBucket(s3, call.bucketName);
  refuseBypass(call);
  const deletion = { key: call.key, ifMatch: headerOf(call, "if-match"), versionId: call.query.get("versionId") };
  deleteOne(s3, call, bucket, deletion, invalidVersion);
  sendEmpty(call, 204);
}

/** No bucket has Object Lock, so S3 refuses the header that would bypass it, whatever it says. */
function refuseBypass(call: S3Call): void {
  const name = "x-amz-bypass-governance-retention";
  if (headerOf(call, name) === undefined) return;
  throw new S3Error("InvalidArgument", `${name} is only applicable to Object Lock enabled buckets.`, {
    ArgumentName: name,
  });
}

/** An object to be deleted, and the condition. */
interface Deletion {
  readonly key: string;
  readonly ifMatch: string | undefined;
  readonly versionId: string | undefined;
}

/** @param unknownVersion - the error for an unknown version, which differs between the two operations. */
function deleteOne(
  s3: S3State,
  call: S3Call,
  bucket: Bucket,
  { key, ifMatch, versionId }: Deletion,
  unknownVersion: (versionId: string) => S3Error,
): void {
  const arn = objectArn(bucket.name, key);
  call.service.authorize(versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion", arn);
  if (isUnknownVersion(versionId)) throw unknownVersion(versionId);
  if (ifMatch !== undefined) {
    if (ifMatch.trim() !== "*") call.service.authorize("s3:GetObject", arn);
    checkWrite({ ifMatch, ifNoneMatch: undefined }, bucket.objects.get(key), key);
  }
  if (removeObject(s3, bucket, key) !== undefined) s3.notifier.objectRemoved(bucket, call, key);
}

/** `DeleteObjects`: up to 1,000 keys, each with its own outcome. */
export async function deleteObjects(s3: S3State, call: S3Call): Promise<void> {
  const bucket = requireBucket(s3, call.bucketName);
  refuseBypass(call);
  const request = await receiveDocument(call, { mustHaveDigest: true });
  const objects = childrenNamed(request, "Object");
  if (request.name !== "Delete" || objects.length === 0 || objects.length > MAX_DELETES)
    throw new S3Error("MalformedXML");
  const isQuiet = childText(request, "Quiet") === "true";
  let content = "";
  for (const entry of objects) {
    const key = childText(entry, "Key");
    if (key === undefined || key === "") throw new S3Error("MalformedXML");
    try {
      const deletion = { key, ifMatch: childText(entry, "ETag"), versionId: childText(entry, "VersionId") };
      deleteOne(s3, call, bucket, deletion, (VersionId) => new S3Error("NoSuchVersion", undefined, { VersionId }));
      if (!isQuiet) content += `<Deleted>${element("Key", key)}</Deleted>`;
    } catch (error) {
      if (!(error instanceof S3Error || error instanceof AccessDenied)) throw error;
      const version = childText(entry, "VersionId");
      content += `<Error>${element("Key", key)}${version === undefined ? "" : element("VersionId", version)}${element("Code", error.code)}${element("Message", error.message)}</Error>`;
    }
  }
  sendXml(call, xmlDocument("DeleteResult", content));
}
