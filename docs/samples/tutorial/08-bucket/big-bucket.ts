import type { S3Client } from "@aws-sdk/client-s3";

/** As much of a client as listing takes, for a bucket with so many objects: pages of so many keys, each with a token for the next. */
export function bigBucket(objects: number, pageKeys = 1_000): Pick<S3Client, "send"> {
  const send = async ({ input }: { readonly input: { readonly ContinuationToken?: string } }) => {
    const from = Number(input.ContinuationToken ?? 0);
    const to = Math.min(objects, from + pageKeys);
    return {
      Contents: Array.from({ length: to - from }, (_, at) => ({ Key: `photo-${from + at}` })),
      ...(to < objects && { NextContinuationToken: String(to) }),
    };
  };
  return { send } as unknown as Pick<S3Client, "send">;
}
