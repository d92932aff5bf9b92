import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { type HandOffDriver, type RecursiveHandler, type RunStore, recursive } from "@longhaul/core";
import type { Host } from "@longhaul/core/parts";
import type { Report } from "./report.ts";

/** The event that begins a walk. */
export interface WalkEvent {
  readonly bucket: string;
  readonly prefix?: string;
  /** Objects per list request. Default 1,000, which is S3's most. */
  readonly pageSize?: number;
}

/** How far a walk has come. */
export interface Walked {
  readonly objects: number;
  readonly bytes: number;
  /** Where the listing continues; absent at its beginning and at its end. */
  readonly continuationToken?: string;
}

/** The parts of both handlers. */
export interface Parts {
  readonly s3: S3Client;
  readonly report: Report;
  /** Where files are kept between warm invocations. Default: the system's temporary directory. */
  readonly directory?: string;
  readonly driver: HandOffDriver;
  readonly advanced?: { readonly host?: Host };
  readonly store?: RunStore;
}

/** Walks all objects of a bucket over as many invocations as it takes; the state is the place in the listing. */
export function bucketWalk({ s3, report, directory: _, ...options }: Parts): RecursiveHandler<WalkEvent, Walked> {
  return recursive<WalkEvent, Walked | string, Walked>({
    ...options,
    state: { key: "CURRENT_STATE" },
    time: { reserveMs: 10_000 },
    start: () => ({ objects: 0, bytes: 0 }),
    async *run(state, { event }) {
      // A text is the key that was processed last.
      const StartAfter = typeof state === "string" ? state : undefined;
      const walked: Walked = typeof state === "string" ? { objects: 0, bytes: 0 } : state;
      for (let { objects, bytes, continuationToken } = walked; ; ) {
        const { Contents = [], NextContinuationToken } = await s3.send(
          new ListObjectsV2Command({
            Bucket: event.bucket,
            Prefix: event.prefix,
            MaxKeys: event.pageSize ?? 1_000,
            ...(continuationToken === undefined ? { StartAfter } : { ContinuationToken: continuationToken }),
          }),
        );
        if (Contents.length > 0) await report(Contents.map(({ Key = "" }) => Key));
        objects += Contents.length;
        bytes += Contents.reduce((sum, { Size = 0 }) => sum + Size, 0);
        continuationToken = NextContinuationToken;
        if (continuationToken === undefined) return { objects, bytes };
        yield { objects, bytes, continuationToken };
      }
    },
  });
}
