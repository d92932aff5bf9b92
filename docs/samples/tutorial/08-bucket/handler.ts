import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import type { RecursiveHandler, recursive } from "@longhaul/core";

/** Works on the objects of one page. */
export type WorkOnPage = (keys: readonly string[], options: { readonly signal: AbortSignal }) => Promise<void>;

/** The parts that differ between the deployed function and the simulated one. */
export interface Parts {
  readonly recursive: typeof recursive;
  readonly s3: Pick<S3Client, "send">;
  readonly workOn: WorkOnPage;
}

interface State {
  readonly objects: number;
  readonly token?: string;
}

/** Works on every object of a bucket, page by page. */
export function walkBucket({ recursive, s3, workOn }: Parts): RecursiveHandler<{ bucket: string }, number> {
  // #region handler
  const handler = recursive({
    start: (_event: { bucket: string }): State => ({ objects: 0 }),
    async *run({ objects, token }, { event: { bucket }, signal }) {
      for (;;) {
        const list = new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token });
        const page: ListObjectsV2CommandOutput = await s3.send(list, { abortSignal: signal });
        const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
        await workOn(keys, { signal });
        objects += keys.length;
        token = page.NextContinuationToken;
        if (token === undefined) return objects;
        yield { objects, token };
      }
    },
  });
  // #endregion handler
  return handler;
}
