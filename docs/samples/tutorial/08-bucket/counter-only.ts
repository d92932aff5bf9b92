import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import type { RecursiveHandler } from "@longhaul/core";
import type { Parts } from "./handler.ts";

/** The same walk, with a counter as its state and no token. */
export function walkBucket({ recursive, s3, workOn }: Parts): RecursiveHandler<{ bucket: string }, number> {
  return recursive({
    // #region run
    start: (_event: { bucket: string }) => ({ objects: 0 }),
    async *run({ objects }, { event: { bucket }, signal }) {
      let token: string | undefined;
      for (;;) {
        const list = new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token });
        const page: ListObjectsV2CommandOutput = await s3.send(list, { abortSignal: signal });
        const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
        await workOn(keys, { signal });
        objects += keys.length;
        token = page.NextContinuationToken;
        if (token === undefined) return objects;
        yield { objects };
      }
    },
    // #endregion run
  });
}
