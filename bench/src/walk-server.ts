/**
 * The embedded S3 of the walk bench in a process of its own, so that the walker's processor time is the walker's alone.
 * Told over IPC which buckets to fill; answers with its endpoint.
 */
import { startLocalAws } from "@longhaul/local";
import { type KeyShape, keysOf } from "./walk-keys.ts";

/** What the bench asks of the server. */
export interface ServerRequest {
  readonly shapes: readonly KeyShape[];
  readonly keys: number;
  readonly beforeListMs: number;
}

/** Where it listens; each bucket is named like its shape. */
export interface ServerReady {
  readonly url: string;
}

process.once("message", async (request: ServerRequest) => {
  const aws = await startLocalAws({ s3: { slow: { beforeListMs: request.beforeListMs } } });
  for (const shape of request.shapes) {
    await aws.s3.createBucket(shape);
    aws.s3.loadKeys(shape, keysOf(shape, request.keys));
  }
  process.send?.({ url: aws.url } satisfies ServerReady);
});
process.once("disconnect", () => process.exit(0));
