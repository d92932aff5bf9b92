import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { outsideCredentials, startLocalAws } from "@longhaul/local";

/** The buckets `source` and `output` of an embedded S3, and a directory for files. */
export interface LocalBuckets {
  readonly client: S3Client;
  /** Names of the operations so far, on objects of the source bucket. */
  readonly reads: string[];
  /** Called with each request to S3 before it takes effect. */
  readonly hooks: { onRequest?: (operation: string, key: string) => void };
  put(key: string, body: string | Uint8Array, more?: Partial<PutObjectCommandInput>): Promise<void>;
  text(key: string): Promise<string>;
  /** Room for the `/tmp` of containers. */
  readonly tmp: string;
  stop(): Promise<void>;
}

/** Starts them. */
export async function startLocalBuckets(): Promise<LocalBuckets> {
  const reads: string[] = [];
  const hooks: LocalBuckets["hooks"] = {};
  const tmp = await mkdtemp(join(tmpdir(), "longhaul-tmp-"));
  const aws = await startLocalAws({
    s3: {
      denied(operation, bucket, key) {
        if (bucket === "source" && operation !== "PutObject") reads.push(operation);
        hooks.onRequest?.(operation, key);
        return false;
      },
    },
  });
  await Promise.all(["source", "output"].map((name) => aws.s3.createBucket(name)));
  const client = new S3Client({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
  return {
    client,
    reads,
    hooks,
    tmp,
    async put(Key, body, more = {}) {
      await client.send(new PutObjectCommand({ Bucket: "source", Key, Body: Buffer.from(body), ...more }));
    },
    async text(Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: "output", Key }));
      return (await Body?.transformToString()) ?? "";
    },
    async stop() {
      client.destroy();
      await aws.stop();
      await rm(tmp, { recursive: true, force: true });
    },
  };
}
