import { S3Error } from "./s3-error.ts";

/** The object that conditions are checked against: its entity tag (without quotes) and when it was written. */
export interface ConditionSubject {
  readonly etag: string;
  readonly lastModifiedMs: number;
}

/** The conditions of a read, as headers carry them. */
export interface ReadConditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
}

/** The conditions of a write: create only (`ifNoneMatch: "*"`) or compare and swap (`ifMatch`). */
export interface WriteConditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/**
 * Checks a read's conditions; entity tags decide over dates. A date in the future is no condition.
 *
 * @param source - `x-amz-copy-source-` for the source of a copy, as the error names the condition. Default: none.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html - precedence of conditional headers
 * @throws S3Error `PreconditionFailed` (412) or `NotModified` (304).
 */
export function checkRead(conditions: ReadConditions, subject: ConditionSubject, nowMs: number, source = ""): void {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, subject.etag)) throw failed(`${source}If-Match`);
  } else if (ifUnmodifiedSince !== undefined && isModifiedSince(subject, ifUnmodifiedSince) === true) {
    throw failed(`${source}If-Unmodified-Since`);
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, subject.etag)) throw notModified(subject);
  } else if (ifModifiedSince !== undefined && isModifiedSince(subject, ifModifiedSince, nowMs) === false) {
    throw notModified(subject);
  }
}

const COPY_SOURCE = "x-amz-copy-source-";

/** Checks the conditions on the source of a copy: as for a read, but every failure is a 412. */
export function checkCopySource(conditions: ReadConditions, subject: ConditionSubject, nowMs: number): void {
  try {
    checkRead(conditions, subject, nowMs, COPY_SOURCE);
  } catch (error) {
    if (error instanceof S3Error && error.code === "NotModified") throw failed(`${COPY_SOURCE}If-None-Match`);
    throw error;
  }
}

/**
 * Reads a write's conditions.
 *
 * @throws S3Error `NotImplemented` for an `If-None-Match` other than `*`, an `If-Match` of `*`, or both at once, as S3 answers.
 */
export function writeConditions(ifMatch: string | undefined, ifNoneMatch: string | undefined): WriteConditions {
  const notImplemented = (Header: string, additionalMessage: string) =>
    new S3Error("NotImplemented", undefined, { Header, additionalMessage });
  if (ifNoneMatch !== undefined && ifMatch !== undefined) {
    throw notImplemented("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
  }
  const refused = (header: string) => `We don't accept the provided value of ${header} header for this API`;
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== "*") {
    throw notImplemented("If-None-Match", refused("If-None-Match"));
  }
  if (ifMatch?.trim() === "*") throw notImplemented("If-Match", refused("If-Match"));
  return { ifMatch, ifNoneMatch };
}

/**
 * Checks a write's conditions against the object now at the key.
 *
 * @param before - whether the object was there when the write began; gone since then is a conflict, not an absence.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws S3Error `PreconditionFailed` (412), `NoSuchKey` (404) or `ConditionalRequestConflict` (409).
 */
export function checkWrite(
  conditions: WriteConditions,
  subject: ConditionSubject | undefined,
  key: string,
  before?: ConditionSubject | undefined,
): void {
  if (conditions.ifNoneMatch !== undefined && subject !== undefined) throw failed("If-None-Match");
  if (conditions.ifMatch === undefined) return;
  if (subject === undefined) {
    if (before !== undefined)
      throw new S3Error("ConditionalRequestConflict", undefined, { Condition: "If-Match", Key: key });
    throw new S3Error("NoSuchKey", undefined, { Key: key });
  }
  if (!matches(conditions.ifMatch, subject.etag)) throw failed("If-Match");
}

/**
 * Checks the conditions of an upload in parts that is to be completed: as of a write. They cannot hold if the object was
 * written or deleted since the upload began.
 *
 * @param before - the object at the key when the upload began.
 * @throws S3Error `PreconditionFailed` (412), `NoSuchKey` (404) or `ConditionalRequestConflict` (409).
 */
export function checkCompletion(
  conditions: WriteConditions,
  subject: ConditionSubject | undefined,
  key: string,
  before: ConditionSubject | undefined,
): void {
  checkWrite(conditions, subject, key);
  const { ifMatch, ifNoneMatch } = conditions;
  if ((ifMatch === undefined && ifNoneMatch === undefined) || subject === before) return;
  const Condition = ifMatch === undefined ? "If-None-Match" : "If-Match";
  throw new S3Error("ConditionalRequestConflict", undefined, { Condition, Key: key });
}

function matches(header: string, etag: string): boolean {
  if (header.trim() === "*") return true;
  return header.split(",").some((candidate) => {
    const bare = candidate
      .trim()
      .replace(/^W\//, "")
      .replace(/^"(.*)"$/, "$1");
    return bare === etag;
  });
}

/** HTTP dates have whole seconds; `undefined` for a date that cannot be read, which is then ignored. */
function isModifiedSince(
  subject: ConditionSubject,
  header: string,
  nowMs = Number.POSITIVE_INFINITY,
): boolean | undefined {
  const sinceMs = Date.parse(header);
  if (Number.isNaN(sinceMs) || sinceMs > nowMs) return undefined;
  return Math.floor(subject.lastModifiedMs / 1000) * 1000 > sinceMs;
}

function failed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", undefined, { Condition: condition });
}

function notModified(subject: ConditionSubject): S3Error {
  return new S3Error(
    "NotModified",
    undefined,
    {},
    {
      etag: `"${subject.etag}"`,
      "last-modified": new Date(subject.lastModifiedMs).toUTCString(),
    },
  );
}
