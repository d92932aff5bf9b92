import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  type GetObjectCommandInput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
  type UploadPartCommandInput,
} from "@aws-sdk/client-s3";

/** A test of the recordings whose calls build on each other: each answer that has a label is a row. */
export interface S3Scenario {
  /** The recording: a test of LocalStack's `tests/aws/services/s3`, recorded between 2023 and 2026. */
  readonly recording: string;
  /** Makes the calls on a bucket of its own, and notes the answers by their labels. */
  run(calls: S3Calls, note: Note): Promise<void>;
  /** The facts of AWS's answers, by label. */
  readonly answers: Readonly<Record<string, object>>;
}

/** Keeps an answer, or the facts of an error, as that of a label. */
export type Note = <T>(label: string, answer: Promise<T>) => Promise<T | undefined>;

/** A scenario is written as such a tuple. */
export type ScenarioRow = readonly [name: string, run: S3Scenario["run"], answers: S3Scenario["answers"]];

/** @param module - of the recordings. */
export const scenariosOf = (module: string, rows: readonly ScenarioRow[]): readonly S3Scenario[] =>
  rows.map(([name, run, answers]) => ({ recording: `${module}::${name}`, run, answers }));

/** The calls that most scenarios make, on their bucket. */
export interface S3Calls {
  readonly s3: S3Client;
  readonly Bucket: string;
  put(Key: string, Body: string | Uint8Array, more?: Partial<PutObjectCommandInput>): Promise<Answer>;
  /** The object, with its body as text. */
  get(Key: string, more?: Partial<GetObjectCommandInput>): Promise<Answer>;
  head(Key: string, more?: Partial<HeadObjectCommandInput>): Promise<Answer>;
  /** @param from - key of the source, in the same bucket. */
  copy(from: string, Key: string, more?: Partial<CopyObjectCommandInput>): Promise<Answer>;
  tags(Key: string): Promise<Answer>;
  create(Key: string, more?: Partial<CreateMultipartUploadCommandInput>): Promise<Answer>;
  upload(
    Key: string,
    UploadId: string | undefined,
    Body: string | Uint8Array,
    more?: Partial<UploadPartCommandInput>,
  ): Promise<Answer>;
}

/** The fields of an answer, with its HTTP status. */
export interface Answer {
  readonly status: number | undefined;
  readonly ETag?: string | undefined;
  readonly UploadId?: string | undefined;
  readonly [field: string]: unknown;
}

/** @param Bucket - an empty one. */
export function callsOn(s3: S3Client, Bucket: string): S3Calls {
  return {
    s3,
    Bucket,
    put: (Key, Body, more) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more })).then(answerOf),
    async get(Key, more) {
      const { Body, ...rest } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
      return answerOf({ ...rest, Body: await Body?.transformToString() });
    },
    head: (Key, more) => s3.send(new HeadObjectCommand({ Bucket, Key, ...more })).then(answerOf),
    copy: (from, Key, more) =>
      s3
        .send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${encodeURIComponent(from)}`, ...more }))
        .then(answerOf),
    tags: (Key) => s3.send(new GetObjectTaggingCommand({ Bucket, Key })).then(answerOf),
    create: (Key, more) => s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more })).then(answerOf),
    upload: (Key, UploadId, Body, more) =>
      s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body, ...more })).then(answerOf),
  };
}

/** The fields of an answer of the SDK, and its status. */
export function answerOf<T extends { readonly $metadata: { readonly httpStatusCode?: number | undefined } }>({
  $metadata,
  ...rest
}: T): Answer {
  return { ...rest, status: $metadata.httpStatusCode };
}

/** The facts of an error that AWS answered with. */
export const failed = (status: number, name: string, message: string, more: object = {}) => ({
  status,
  name,
  message,
  ...more,
});
