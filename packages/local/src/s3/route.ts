import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { S3Error } from "./s3-error.ts";

/** Operations this service answers. */
export type OperationName =
  | "ListBuckets"
  | "CreateBucket"
  | "HeadBucket"
  | "DeleteBucket"
  | "GetBucketLocation"
  | "GetBucketVersioning"
  | "ListObjects"
  | "ListObjectsV2"
  | "ListMultipartUploads"
  | "DeleteObjects"
  | "GetBucketNotificationConfiguration"
  | "PutBucketNotificationConfiguration"
  | "GetBucketLifecycleConfiguration"
  | "PutBucketLifecycleConfiguration"
  | "DeleteBucketLifecycle"
  | "PutObject"
  | "GetObject"
  | "HeadObject"
  | "DeleteObject"
  | "CopyObject"
  | "PutObjectTagging"
  | "GetObjectTagging"
  | "DeleteObjectTagging"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "UploadPartCopy"
  | "ListParts"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload";

/** The target of a request: bucket and key decoded, query decoded. Names of the query are as sent. */
export interface RequestTarget {
  /** Empty for `ListBuckets`. */
  readonly bucketName: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

/** Sub-resources that are an operation of their own, or a setting to get, put and delete, which this service does not have. */
const UNSUPPORTED_OPERATIONS: Readonly<Record<string, string>> = {
  attributes: "GetObjectAttributes",
  renameObject: "RenameObject",
  restore: "RestoreObject",
  select: "SelectObjectContent",
  session: "CreateSession",
  torrent: "GetObjectTorrent",
  versions: "ListObjectVersions",
};
const UNSUPPORTED_BUCKET_SETTINGS: Readonly<Record<string, string>> = {
  abac: "BucketAbac",
  accelerate: "BucketAccelerateConfiguration",
  acl: "BucketAcl",
  analytics: "BucketAnalyticsConfiguration",
  cors: "BucketCors",
  encryption: "BucketEncryption",
  "intelligent-tiering": "BucketIntelligentTieringConfiguration",
  inventory: "BucketInventoryConfiguration",
  logging: "BucketLogging",
  metrics: "BucketMetricsConfiguration",
  "object-lock": "ObjectLockConfiguration",
  ownershipControls: "BucketOwnershipControls",
  policy: "BucketPolicy",
  policyStatus: "BucketPolicyStatus",
  publicAccessBlock: "PublicAccessBlock",
  replication: "BucketReplication",
  requestPayment: "BucketRequestPayment",
  tagging: "BucketTagging",
  website: "BucketWebsite",
};
const UNSUPPORTED_OBJECT_SETTINGS: Readonly<Record<string, string>> = {
  acl: "ObjectAcl",
  "legal-hold": "ObjectLegalHold",
  retention: "ObjectRetention",
};

/**
 * Reads bucket, key and query from the request line as sent: nothing is normalised, so `..`, `//` and a leading `/` stay
 * part of the key. Path style, and virtual-host style under `localhost`.
 *
 * @throws S3Error `InvalidURI` for a path that is not percent-encoded UTF-8, `KeyTooLongError` above 1,024 bytes.
 */
export function readTarget(request: IncomingMessage): RequestTarget {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const path = mark === -1 ? url : url.slice(0, mark);
  const query = readQuery(mark === -1 ? "" : url.slice(mark + 1));
  const host = /^(.+?)(?:\.s3(?:[.-][a-z0-9-]+)*)?\.localhost(?::[0-9]+)?$/i.exec(request.headers.host ?? "");
  const hostBucket = host !== null && !/^s3([.-]|$)/i.test(host[1]!) ? host[1]! : undefined;
  if (hostBucket !== undefined) return { bucketName: hostBucket, key: readKey(path.slice(1)), query };
  const slash = path.indexOf("/", 1);
  if (slash === -1) return { bucketName: decode(path.slice(1)), key: "", query };
  return { bucketName: decode(path.slice(1, slash)), key: readKey(path.slice(slash + 1)), query };
}

function readKey(encoded: string): string {
  const key = decode(encoded);
  checkKeyLength(key);
  return key;
}

/** @throws S3Error `KeyTooLongError` for a key of more than 1,024 bytes of UTF-8. */
export function checkKeyLength(key: string): void {
  if (key.length > 256 && Buffer.byteLength(key) > 1024) {
    throw new S3Error("KeyTooLongError", undefined, { Size: String(Buffer.byteLength(key)), MaxSizeAllowed: "1024" });
  }
}

function readQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const value = equals === -1 ? "" : pair.slice(equals + 1);
    query.set(decode(name), decode(value.replaceAll("+", " ")));
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI");
  }
}

/**
 * Names the operation a request asks for.
 *
 * @throws S3Error `NotImplemented`, with the name of the operation, for those this service does not have; `MethodNotAllowed`.
 */
export function readOperation(method: string, target: RequestTarget, headers: IncomingHttpHeaders): OperationName {
  const { query } = target;
  const settings = target.key === "" ? UNSUPPORTED_BUCKET_SETTINGS : UNSUPPORTED_OBJECT_SETTINGS;
  for (const name of query.keys()) {
    const unsupported = UNSUPPORTED_OPERATIONS[name];
    if (unsupported !== undefined) throw notImplemented(unsupported);
    const setting = settings[name];
    if (setting !== undefined) throw notImplemented(verb(method) + setting);
  }
  const operation =
    target.bucketName === ""
      ? serviceOperation(method)
      : target.key === ""
        ? bucketOperation(method, query)
        : objectOperation(method, query, headers["x-amz-copy-source"] !== undefined);
  if (operation === undefined) throw new S3Error("MethodNotAllowed", undefined, { Method: method });
  return operation;
}

/** The error for an operation that S3 has and this service has not. */
export function notImplemented(operation: string): S3Error {
  return new S3Error("NotImplemented", `The operation ${operation} is not implemented by the embedded S3.`, {
    Operation: operation,
  });
}

function verb(method: string): string {
  if (method === "PUT") return "Put";
  return method === "DELETE" ? "Delete" : "Get";
}

function serviceOperation(method: string): OperationName | undefined {
  return method === "GET" ? "ListBuckets" : undefined;
}

function bucketOperation(method: string, query: ReadonlyMap<string, string>): OperationName | undefined {
  switch (method) {
    case "GET":
      if (query.has("location")) return "GetBucketLocation";
      if (query.has("versioning")) return "GetBucketVersioning";
      if (query.has("notification")) return "GetBucketNotificationConfiguration";
      if (query.has("lifecycle")) return "GetBucketLifecycleConfiguration";
      if (query.has("uploads")) return "ListMultipartUploads";
      return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
    case "PUT":
      if (query.has("notification")) return "PutBucketNotificationConfiguration";
      if (query.has("lifecycle")) return "PutBucketLifecycleConfiguration";
      if (query.has("versioning")) throw notImplemented("PutBucketVersioning");
      return "CreateBucket";
    case "HEAD":
      return "HeadBucket";
    case "DELETE":
      if (query.has("lifecycle")) return "DeleteBucketLifecycle";
      return "DeleteBucket";
    case "POST":
      if (query.has("delete")) return "DeleteObjects";
      throw notImplemented("PostObject");
    default:
      return undefined;
  }
}

function objectOperation(
  method: string,
  query: ReadonlyMap<string, string>,
  isCopy: boolean,
): OperationName | undefined {
  const isUpload = query.has("uploadId");
  switch (method) {
    case "GET":
      if (query.has("tagging")) return "GetObjectTagging";
      return isUpload ? "ListParts" : "GetObject";
    case "HEAD":
      return "HeadObject";
    case "PUT":
      if (query.has("tagging")) return "PutObjectTagging";
      if (isUpload) return isCopy ? "UploadPartCopy" : "UploadPart";
      return isCopy ? "CopyObject" : "PutObject";
    case "DELETE":
      if (query.has("tagging")) return "DeleteObjectTagging";
      return isUpload ? "AbortMultipartUpload" : "DeleteObject";
    case "POST":
      if (query.has("uploads")) return "CreateMultipartUpload";
      return isUpload ? "CompleteMultipartUpload" : undefined;
    default:
      return undefined;
  }
}
