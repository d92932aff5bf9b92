import type { LoadHandler, SimulatedHost } from "@longhaul/core/testing";
import type { ListedPage } from "../../../../packages/walk/src/listing/listed-page.ts";
import type { PartState } from "../../../../packages/walk/src/runs/part-state.ts";
import type { WalkAction } from "../../../../packages/walk/src/runs/walk-action.ts";
import { walkParts } from "../../../../packages/walk/src/runs/walk-parts.ts";
import { MemoryWalkRecords } from "../../../../packages/walk/test/memory-walk-records.ts";
import { bigBucket } from "../../../samples/tutorial/08-bucket/big-bucket.ts";
import { walkBucket as byCounter } from "../../../samples/tutorial/08-bucket/counter-only.ts";
import { walkBucket as byToken } from "../../../samples/tutorial/08-bucket/handler.ts";
import type { Settings } from "../settings.ts";
import { stepTime } from "../work.ts";
import type { PlayedWork } from "./played-work.ts";

/** S3's pages have up to 1,000 keys. With small ones there is something to see. */
const PAGE_KEYS = 10;
const HOUR_MS = 3_600_000;
const EVENT = { bucket: "photos" };

/** Chapter 8: one listing, page after page, by the chapter's functions. */
export function serialBucket(settings: Settings): PlayedWork {
  const walk = settings.code === "bucket-counter" ? byCounter : byToken;
  const s3 = bigBucket(settings.items, PAGE_KEYS);
  const handler: LoadHandler = (world) =>
    walk({
      recursive: world.recursive,
      s3,
      workOn: (keys, { signal }) => workOn(world, settings, keys, signal),
    });
  // A walk without a token never ends. By then somebody has looked at it.
  return {
    event: EVENT,
    handler,
    ...(walk === byCounter && { limitMs: Math.max(HOUR_MS, settings.items * settings.stepMs * 3) }),
  };
}

/** Chapter 8, in parallel: the parts of `@longhaul/walk`, each a run of its own, on a bucket and a table in memory. */
export function bucketInParts(settings: Settings): PlayedWork {
  const { items, stepMs } = settings;
  const keys = Array.from({ length: items }, (_, at) => `photo-${String(at).padStart(6, "0")}`);
  const records = new MemoryWalkRecords();
  const handler: LoadHandler = (world) => {
    const action: WalkAction<{ objects: number }> = {
      empty: () => ({ objects: 0 }),
      account(summary, { count }) {
        summary.objects += count;
      },
      merge(into, { objects }) {
        into.objects += objects;
      },
      finish: async ({ objects }) => ({ objects }),
      work: ({ page, count }, { signal }) => {
        const found = Array.from({ length: count }, (_, index) => page.key(index));
        return workOn(world, settings, found, signal);
      },
    };
    const parts = walkParts<{ objects: number }>({
      request: () => ({ ...EVENT, id: "walk", action }),
      list:
        () =>
        ({ startAfter, token, signal }) =>
          world.call("S3 ListObjectsV2", () => pageAfter(keys, token ?? startAfter), { signal }),
      records: () => records,
      store: world.store!,
      driver: world.driver,
      settings: { maxRuns: 4, concurrency: 1, giveAboveMs: stepMs * PAGE_KEYS * 4, pageKeys: PAGE_KEYS },
      host: world.host,
    });
    return world.recursive<object, PartState<{ objects: number }>>({ ...parts, time: { checkpointEveryMs: 5_000 } });
  };
  return { event: EVENT, handler };
}

/** Works on the objects of a page, one after another, as one step. */
async function workOn(
  world: SimulatedHost,
  { law, stepMs }: Settings,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  let ms = 0;
  for (const _ of keys) ms += stepTime(law, stepMs, world.random);
  await world.step(ms, { signal });
  for (const key of keys) await world.effect(key, key);
}

/** The page behind a key. Keys are in order; a page's token is its last key. */
function pageAfter(keys: readonly string[], after: string): ListedPage {
  const found = keys.findIndex((key) => key > after);
  const from = found < 0 ? keys.length : found;
  const length = Math.min(PAGE_KEYS, keys.length - from);
  const isTruncated = from + length < keys.length;
  return {
    length,
    isTruncated,
    nextToken: isTruncated ? keys[from + length - 1] : undefined,
    key: (index) => keys[from + index]!,
    size: () => 1,
    lastModified: () => "2026-11-21T08:00:00.000Z",
    etag: () => "",
    storageClass: () => "STANDARD",
  };
}
