/**
 * One walk of one bucket, in a process of its own: told over IPC what to walk and how, answers with what it took.
 */
import { paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { listerOf } from "bucket-walker/src/walk/lister.ts";
import { PagePool } from "bucket-walker/src/walk/page-memory.ts";
import { Walk } from "bucket-walker/src/walk/walk.ts";

/** What to walk. */
export interface WalkRequest {
  readonly url: string;
  readonly bucket: string;
  /** Ours, or the SDK's own paginator, page after page. */
  readonly by: "walk" | "paginator";
  readonly concurrency: number;
  /** The paginator stops after so many. */
  readonly maxPages: number;
}

/** What it took. */
export interface WalkFigures {
  readonly keys: number;
  /** Sum of the sizes, so that they are read. */
  readonly bytes: number;
  readonly requests: number;
  readonly ms: number;
  /** Processor time of this process while it walked, all threads of it. */
  readonly cpuMs: number;
  /** Most memory this process held, in MB. */
  readonly peakMb: number;
}

async function walkWith({ url, bucket, by, concurrency, maxPages }: WalkRequest): Promise<WalkFigures> {
  const client = new S3Client({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
    forcePathStyle: true,
    ...(by === "walk" && {
      requestHandler: { httpAgent: { keepAlive: true, maxSockets: concurrency } },
      cacheMiddleware: true,
    }),
  });
  const pool = new PagePool();
  let keys = 0;
  let bytes = 0;
  let requests = 0;
  let peakMb = 0;
  const sample = () => {
    peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1e6);
  };
  const sampling = setInterval(sample, 50);
  const cpuBefore = process.cpuUsage();
  const beganMs = performance.now();
  if (by === "walk") {
    const walk = new Walk({
      list: listerOf(client, { bucket, pool }),
      ranges: [{ after: "", through: null }],
      concurrency,
      account({ page, count }) {
        keys += count;
        for (let i = 0; i < count; i++) bytes += page.size(i);
      },
    });
    while (await walk.advance());
    requests = walk.counts.requests;
  } else {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      requests++;
      keys += Contents.length;
      for (const { Size = 0 } of Contents) bytes += Size;
      if (requests === maxPages) break;
    }
  }
  const ms = performance.now() - beganMs;
  const cpu = process.cpuUsage(cpuBefore);
  clearInterval(sampling);
  sample();
  client.destroy();
  return { keys, bytes, requests, ms, cpuMs: (cpu.user + cpu.system) / 1000, peakMb };
}

process.once("message", async (request: WalkRequest) => {
  process.send?.(await walkWith(request));
  process.disconnect();
});
