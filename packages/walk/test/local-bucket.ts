import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { listerOf } from "../src/listing/lister.ts";
import type { WalkAction } from "../src/runs/walk-action.ts";

/** An embedded S3, with what tests do to it. */
export interface LocalBuckets {
  readonly aws: LocalAws;
  readonly client: S3Client;
  /** Names of the operations so far. */
  readonly operations: string[];
  /** Objects that S3 answers with `AccessDenied`; set it at any time. */
  readonly hooks: { isDenied?: (operation: string, key: string) => boolean };
  put(bucket: string, key: string, body?: string, more?: Partial<PutObjectCommandInput>): Promise<void>;
  text(bucket: string, key: string): Promise<string>;
  keys(bucket: string): Promise<string[]>;
  /** Does an action with all objects of a bucket, page by page, and answers with its result and its summary. */
  walk<Summary>(
    bucket: string,
    action: WalkAction<Summary>,
    hook?: () => Promise<void>,
  ): Promise<{ result: unknown; summary: Summary }>;
  stop(): Promise<void>;
}

/** Starts an embedded S3 with some buckets. */
export async function startLocalBuckets(...names: string[]): Promise<LocalBuckets> {
  const operations: string[] = [];
  const hooks: LocalBuckets["hooks"] = {};
  const aws = await startLocalAws({
    s3: {
      isStartAfterStrict: true,
      denied(operation, _, key) {
        operations.push(operation);
        return hooks.isDenied?.(operation, key) ?? false;
      },
    },
  });
  await Promise.all(names.map((name) => aws.s3.createBucket(name)));
  const client = new S3Client({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });

  async function* pages(bucket: string) {
    const list = listerOf(client, { bucket });
    for (let token: string | undefined, isLast = false; !isLast; isLast = token === undefined) {
      const page = await list({ token });
      token = page.nextToken;
      yield page;
    }
  }

  return {
    aws,
    client,
    operations,
    hooks,
    async put(Bucket, Key, body = "", more = {}) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(body), ...more }));
    },
    async text(Bucket, Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? "";
    },
    async keys(bucket) {
      const keys: string[] = [];
      for await (const page of pages(bucket)) for (let i = 0; i < page.length; i++) keys.push(page.key(i));
      return keys;
    },
    async walk(bucket, action, hook) {
      const summary = action.empty();
      const { signal } = new AbortController();
      for await (const page of pages(bucket)) {
        await hook?.();
        const slice = { page, count: page.length };
        await action.work?.(slice, { signal, usableMs: 1e6, onStarted: () => {} });
        action.account(summary, slice);
      }
      const result = await action.finish(summary, { id: "w", bucket, prefix: "", startedAtMs: 0 });
      return { result, summary };
    },
    async stop() {
      client.destroy();
      await aws.stop();
    },
  };
}
