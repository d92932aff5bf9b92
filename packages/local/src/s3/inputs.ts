import { allServed, harmless, type Input, type Inputs, only, served, structure } from "../gateway/inputs.ts";
import type { OperationName } from "./route.ts";

/**
 * The inputs of an operation besides bucket, key and body. All that S3 attaches a meaning to is refused by name unless it is
 * listed here.
 */
export interface OperationInputs {
  /** `x-amz-*` and conditional headers and `range`, in lower case. `x-amz-meta-*` matches all of its kind. */
  readonly headers: Inputs;
  readonly query: Inputs;
  /** Elements of the request document. */
  readonly document?: Inputs;
}

const everywhere: Inputs = {
  "x-amz-expected-bucket-owner": served,
  "x-amz-content-sha256": served,
  "x-amz-date": harmless("signatures are not checked"),
  "x-amz-region-set": harmless("signatures are not checked"),
  "x-amz-security-token": harmless("any credentials are accepted"),
  "x-amz-user-agent": harmless("it describes the client"),
  "x-amz-request-payer": only(["requester"], "nobody pays, and no bucket is a Requester Pays bucket"),
};

/** Query parameters that belong to no operation. */
const queryEverywhere: Inputs = { "x-id": harmless("SDKs repeat the operation's name in it") };

const body: Inputs = allServed(
  ...(["x-amz-decoded-content-length", "x-amz-trailer", "x-amz-sdk-checksum-algorithm"] as const),
  ...(["x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme"] as const),
  ...(["x-amz-checksum-sha1", "x-amz-checksum-sha256"] as const),
);

const readConditions = allServed("if-match", "if-none-match", "if-modified-since", "if-unmodified-since");
const writeConditions = allServed("if-match", "if-none-match");
const noAcl = only(
  ["private", "bucket-owner-full-control"],
  "access control lists are off, as in any new bucket, and the bucket's owner owns every object",
);

/** Headers that describe an object to be written. */
const description: Inputs = {
  ...allServed("x-amz-meta-*", "x-amz-storage-class", "x-amz-tagging", "x-amz-website-redirect-location"),
  "x-amz-acl": noAcl,
  "x-amz-server-side-encryption": only(["AES256"], "S3 encrypts so by default, and says so"),
  "x-amz-server-side-encryption-bucket-key-enabled": only([false], "it is about keys of KMS, which are refused"),
};

const copySource = allServed(
  ...(["x-amz-copy-source", "x-amz-source-expected-bucket-owner"] as const),
  ...(["x-amz-copy-source-if-match", "x-amz-copy-source-if-none-match"] as const),
  ...(["x-amz-copy-source-if-modified-since", "x-amz-copy-source-if-unmodified-since"] as const),
);

const listing: Inputs = {
  ...allServed("prefix", "delimiter", "max-keys", "encoding-type"),
  metadata: harmless("MinIO's clients ask for it; S3 does not know it"),
};
const listingHeaders: Inputs = {
  "x-amz-optional-object-attributes": only(["RestoreStatus"], "no object is being restored"),
};

const read: OperationInputs = {
  headers: { ...readConditions, ...allServed("range", "x-amz-checksum-mode") },
  query: allServed(
    ...(["partNumber", "versionId", "response-cache-control", "response-content-disposition"] as const),
    ...(["response-content-encoding", "response-content-language", "response-content-type"] as const),
    "response-expires",
  ),
};

const tags: Input = structure({ Tag: structure(allServed("Key", "Value")) });
const notificationTarget = {
  ...allServed("Id", "Event"),
  Filter: structure({ S3Key: structure({ FilterRule: structure(allServed("Name", "Value")) }) }),
};

/** The one list of what the embedded S3 takes. */
const INPUTS: Readonly<Record<OperationName, OperationInputs>> = {
  ListBuckets: { headers: {}, query: allServed("prefix", "max-buckets", "continuation-token", "bucket-region") },
  CreateBucket: {
    headers: {
      ...body,
      "x-amz-acl": only(["private"], "that is what a bucket has without one"),
      "x-amz-object-ownership": only(["BucketOwnerEnforced"], "that is what a bucket has by default"),
      "x-amz-bucket-object-lock-enabled": only([false], "that is what a bucket has by default"),
      "x-amz-bucket-namespace": only(["global"], "that is what a bucket has by default"),
    },
    query: {},
    document: { LocationConstraint: served },
  },
  HeadBucket: { headers: {}, query: {} },
  DeleteBucket: { headers: {}, query: {} },
  GetBucketLocation: { headers: {}, query: allServed("location") },
  GetBucketVersioning: { headers: {}, query: allServed("versioning") },
  ListObjects: {
    headers: listingHeaders,
    query: {
      ...listing,
      ...allServed("marker"),
      ...allServed("start-after", "continuation-token"), // Refused as S3 words it.
      "list-type": only([1], "that is this version of the listing"),
    },
  },
  ListObjectsV2: {
    headers: listingHeaders,
    query: { ...listing, ...allServed("list-type", "continuation-token", "start-after", "fetch-owner") },
  },
  ListMultipartUploads: {
    headers: {},
    query: {
      ...allServed("uploads", "prefix", "delimiter", "encoding-type"),
      ...allServed("key-marker", "upload-id-marker", "max-uploads"),
    },
  },
  DeleteObjects: {
    headers: { ...body, "x-amz-bypass-governance-retention": served }, // Refused as S3 words it.
    query: allServed("delete"),
    document: { Quiet: served, Object: structure(allServed("Key", "VersionId", "ETag")) },
  },
  GetBucketNotificationConfiguration: { headers: {}, query: allServed("notification") },
  PutBucketNotificationConfiguration: {
    headers: { ...body, ...allServed("x-amz-skip-destination-validation") },
    query: allServed("notification"),
    document: {
      CloudFunctionConfiguration: structure({ ...notificationTarget, CloudFunction: served }),
      QueueConfiguration: structure({ ...notificationTarget, Queue: served }),
      TopicConfiguration: structure({ ...notificationTarget, Topic: served }),
      EventBridgeConfiguration: structure({}),
    },
  },
  GetBucketLifecycleConfiguration: { headers: {}, query: allServed("lifecycle") },
  PutBucketLifecycleConfiguration: {
    headers: {
      ...body,
      "x-amz-transition-default-minimum-object-size": harmless("it is about transitions, which are refused"),
    },
    query: allServed("lifecycle"),
    document: {
      Rule: structure({
        ...allServed("ID", "Status", "Prefix"),
        Filter: structure(allServed("Prefix")),
        Expiration: structure(allServed("Days")),
        AbortIncompleteMultipartUpload: structure(allServed("DaysAfterInitiation")),
      }),
    },
  },
  DeleteBucketLifecycle: { headers: {}, query: allServed("lifecycle") },
  PutObject: { headers: { ...body, ...writeConditions, ...description }, query: {} },
  GetObject: read,
  HeadObject: read,
  DeleteObject: {
    headers: allServed("if-match", "x-amz-bypass-governance-retention"), // The latter is refused as S3 words it.
    query: allServed("versionId"),
  },
  CopyObject: {
    headers: {
      ...writeConditions,
      ...description,
      ...copySource,
      ...allServed("x-amz-checksum-algorithm", "x-amz-metadata-directive", "x-amz-tagging-directive"),
      "x-amz-object-annotation-directive": harmless("no object has annotations"),
    },
    query: {},
  },
  PutObjectTagging: { headers: body, query: allServed("tagging", "versionId"), document: { TagSet: tags } },
  GetObjectTagging: { headers: {}, query: allServed("tagging", "versionId") },
  DeleteObjectTagging: { headers: {}, query: allServed("tagging", "versionId") },
  CreateMultipartUpload: {
    headers: { ...description, ...allServed("x-amz-checksum-algorithm", "x-amz-checksum-type") },
    query: allServed("uploads"),
  },
  UploadPart: { headers: body, query: allServed("uploadId", "partNumber") },
  UploadPartCopy: {
    headers: { ...copySource, "x-amz-copy-source-range": served },
    query: allServed("uploadId", "partNumber"),
  },
  ListParts: { headers: {}, query: allServed("uploadId", "max-parts", "part-number-marker") },
  CompleteMultipartUpload: {
    headers: { ...body, ...writeConditions, ...allServed("x-amz-checksum-type", "x-amz-mp-object-size") },
    query: allServed("uploadId"),
    document: {
      Part: structure(
        allServed(
          ...(["PartNumber", "ETag", "ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME"] as const),
          ...(["ChecksumSHA1", "ChecksumSHA256"] as const),
        ),
      ),
    },
  },
  AbortMultipartUpload: { headers: {}, query: allServed("uploadId") },
};

const COMPLETE = new Map(
  Object.entries(INPUTS).map(([operation, own]): [string, OperationInputs] => [
    operation,
    { ...own, headers: { ...everywhere, ...own.headers }, query: { ...queryEverywhere, ...own.query } },
  ]),
);

/** The inputs of an operation, headers and parameters of all operations included. */
export function s3InputsOf(operation: OperationName): OperationInputs {
  return COMPLETE.get(operation) ?? INPUTS[operation];
}
