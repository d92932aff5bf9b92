/**
 * One walk of one bucket, in a process of its own: told over IPC what to walk and how, answers with what it took.
 */
import { paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { keepHeapSmall, listBucket } from "@longhaul/walk";

/** The bucket to walk, and how. */
export interface WalkRequest {
  readonly url: string;
  readonly bucket: string;
  /** Ours, or the SDK's own paginator, page after page. */
  readonly by: "walk" | "paginator";
  readonly concurrency: number;
  /** The paginator stops after so many. */
  readonly maxPages: number;
}

/** The time and the memory that it took. */
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

keepHeapSmall();

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
    const listing = listBucket(client, { bucket, concurrency });
    for await (const page of listing) {
      keys += page.length;
      for (let i = 0; i < page.length; i++) bytes += page.size(i);
    }
    ({ requests } = listing.progress);
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
