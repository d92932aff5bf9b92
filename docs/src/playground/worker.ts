import "./worker-buffer.ts";
import type { Ask } from "./link.ts";
import type { Settings } from "./settings.ts";
import { type PlayEnd, type WatchedEvent, watchPlay } from "./watched.ts";

/** Events are told in batches, at the latest after so much real time. */
const BATCH_MS = 25;
const MOST_IN_BATCH = 1_000;

/** The one message that a worker gets: the play that it is to simulate. */
export interface ToWorker {
  readonly settings: Settings;
  readonly asks: readonly Ask[];
}

/** The messages of a worker. */
export type FromWorker =
  | { readonly type: "events"; readonly events: readonly WatchedEvent[] }
  | { readonly type: "end"; readonly end: PlayEnd }
  | { readonly type: "failed"; readonly message: string };

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => void work(data));

async function work({ settings, asks }: ToWorker): Promise<void> {
  let batch: WatchedEvent[] = [];
  let toldAtMs = performance.now();
  const flush = () => {
    if (batch.length > 0) tell({ type: "events", events: batch });
    batch = [];
    toldAtMs = performance.now();
  };
  try {
    const end = await watchPlay(settings, asks, (event) => {
      batch.push(event);
      if (batch.length >= MOST_IN_BATCH || performance.now() - toldAtMs > BATCH_MS) flush();
    });
    flush();
    tell({ type: "end", end });
  } catch (error) {
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  }
}

function tell(message: FromWorker): void {
  postMessage(message);
}
