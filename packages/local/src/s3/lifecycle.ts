import type { Bucket, LifecycleRule } from "./bucket.ts";
import { S3Error } from "./s3-error.ts";
import { dropUpload, removeObject, type S3State } from "./s3-state.ts";
import { childNamed, childrenNamed, childText, type XmlElement } from "./xml-reader.ts";
import { element, xmlDocument } from "./xml-text.ts";

const DAY_MS = 86_400_000;

/** The result of a sweep. */
export interface LifecycleSweep {
  readonly abortedUploads: number;
  readonly expiredObjects: number;
}

/**
 * Reads the document of `PutBucketLifecycleConfiguration`.
 *
 * @throws S3Error `MalformedXML`, `InvalidRequest`.
 */
export function parseLifecycle(root: XmlElement, newId: () => string): LifecycleRule[] {
  const rules = childrenNamed(root, "Rule");
  if (root.name !== "LifecycleConfiguration" || rules.length === 0) throw new S3Error("MalformedXML");
  return rules.map((rule) => readRule(rule, newId));
}

function readRule(rule: XmlElement, newId: () => string): LifecycleRule {
  const filter = childNamed(rule, "Filter");
  const status = childText(rule, "Status");
  if (status !== "Enabled" && status !== "Disabled") throw new S3Error("MalformedXML");
  const oldPrefix = childText(rule, "Prefix");
  if (filter === undefined && oldPrefix === undefined) throw new S3Error("MalformedXML");
  const expiration = childNamed(rule, "Expiration");
  const abort = childNamed(rule, "AbortIncompleteMultipartUpload");
  if (expiration === undefined && abort === undefined) {
    throw new S3Error("InvalidRequest", "At least one action needs to be specified in a rule.");
  }
  return {
    id: childText(rule, "ID") ?? newId(),
    isEnabled: status === "Enabled",
    prefix: (filter === undefined ? oldPrefix : childText(filter, "Prefix")) ?? "",
    expirationDays: expiration === undefined ? undefined : days(childText(expiration, "Days")),
    abortIncompleteUploadDays: abort === undefined ? undefined : days(childText(abort, "DaysAfterInitiation")),
  };
}

function days(text: string | undefined): number {
  if (text === undefined || !/^[0-9]{1,9}$/.test(text)) throw new S3Error("MalformedXML");
  if (Number(text) === 0) throw new S3Error("InvalidArgument", "Days in a lifecycle action must be a positive integer");
  return Number(text);
}

/** Writes the document of `GetBucketLifecycleConfiguration`. */
export function formatLifecycle(rules: readonly LifecycleRule[]): string {
  const content = rules.map(
    (rule) =>
      `<Rule>${element("ID", rule.id)}<Filter>${element("Prefix", rule.prefix)}</Filter>` +
      element("Status", rule.isEnabled ? "Enabled" : "Disabled") +
      (rule.expirationDays === undefined ? "" : `<Expiration>${element("Days", rule.expirationDays)}</Expiration>`) +
      (rule.abortIncompleteUploadDays === undefined
        ? ""
        : `<AbortIncompleteMultipartUpload>${element("DaysAfterInitiation", rule.abortIncompleteUploadDays)}</AbortIncompleteMultipartUpload>`) +
      "</Rule>",
  );
  return xmlDocument("LifecycleConfiguration", content.join(""));
}

/**
 * Applies every enabled rule of a bucket as of `nowMs`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html - days are counted to the next
 * midnight UTC
 */
export function sweepBucket(s3: S3State, bucket: Bucket, nowMs: number): LifecycleSweep {
  let abortedUploads = 0;
  let expiredObjects = 0;
  for (const rule of bucket.lifecycleRules ?? []) {
    if (!rule.isEnabled) continue;
    if (rule.abortIncompleteUploadDays !== undefined) {
      for (const upload of [...bucket.uploads.values()]) {
        if (!upload.key.startsWith(rule.prefix)) continue;
        if (dueAt(upload.initiatedMs, rule.abortIncompleteUploadDays) > nowMs) continue;
        dropUpload(s3, bucket, upload.id);
        abortedUploads++;
      }
    }
    if (rule.expirationDays !== undefined) {
      for (const key of expiredKeys(bucket, rule.prefix, rule.expirationDays, nowMs)) {
        removeObject(s3, bucket, key);
        s3.notifier.objectExpired(bucket, key);
        expiredObjects++;
      }
    }
  }
  return { abortedUploads, expiredObjects };
}

/**
 * The header `x-amz-expiration` of an object, if a rule expires it: the rule that does so first.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function expirationHeader(
  { lifecycleRules = [] }: Pick<Bucket, "lifecycleRules">,
  key: string,
  lastModifiedMs: number,
): Readonly<Record<string, string>> {
  const due = lifecycleRules
    .filter(({ isEnabled, prefix }) => isEnabled && key.startsWith(prefix))
    .flatMap(({ id, expirationDays }) =>
      expirationDays === undefined ? [] : [{ id, atMs: dueAt(lastModifiedMs, expirationDays) }],
    )
    .sort((a, b) => a.atMs - b.atMs)[0];
  if (due === undefined) return {};
  const date = new Date(due.atMs).toUTCString();
  return { "x-amz-expiration": `expiry-date="${date}", rule-id="${encodeURIComponent(due.id)}"` };
}

function expiredKeys(bucket: Bucket, prefix: string, afterDays: number, nowMs: number): string[] {
  const keys: string[] = [];
  const cursor = bucket.objects.seek(prefix);
  for (let key = cursor.key; key?.startsWith(prefix); cursor.next(), key = cursor.key) {
    if (dueAt(cursor.value.lastModifiedMs, afterDays) <= nowMs) keys.push(key);
  }
  return keys;
}

function dueAt(sinceMs: number, afterDays: number): number {
  return Math.ceil((sinceMs + afterDays * DAY_MS) / DAY_MS) * DAY_MS;
}
