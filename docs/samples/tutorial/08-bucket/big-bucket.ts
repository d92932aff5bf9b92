import type { S3Client } from "@aws-sdk/client-s3";

const PAGE = 1_000;

/** As much of a client as listing takes, for a bucket with so many objects: pages of 1,000 keys, each with a token for the next. */
export function bigBucket(objects: number): Pick<S3Client, "send"> {
  const send = async ({ input }: { readonly input: { readonly ContinuationToken?: string } }) => {
    const from = Number(input.ContinuationToken ?? 0);
    const to = Math.min(objects, from + PAGE);
    return {
      Contents: Array.from({ length: to - from }, (_, at) => ({ Key: `photo-${from + at}` })),
      ...(to < objects && { NextContinuationToken: String(to) }),
    };
  };
  return { send } as unknown as Pick<S3Client, "send">;
}
