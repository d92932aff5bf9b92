import type { Clock } from "../gateway/clock.ts";
import { MAX_SYNC_PAYLOAD_BYTES } from "../lambda/invoke-api.ts";
import type { QueuedMessage } from "../sqs/message.ts";
import type { Receipt } from "../sqs/receipt-handle.ts";
import { sqsEventOf } from "./sqs-event.ts";

/** A message on its way to a function, as it was when it was received. */
export interface BatchItem {
  readonly receipt: Receipt;
  /** The record, as JSON text. */
  readonly record: string;
  readonly traceHeader: string | undefined;
  /** When the queue will show the message again, unless it is deleted before. */
  readonly visibleAtMs: number;
  /** It was also left in the queue, to be delivered again. */
  readonly isDuplicated: boolean;
}

/** Gathers messages into batches. */
export interface BatchCollector {
  /**
   * Waits for a first message, then for more until the batch is full, the window is over, or the payload would become too
   * large. Nothing, if nothing came for the length of a long poll or `signal` was aborted; what was gathered before the
   * abort is handed over.
   */
  collect(signal: AbortSignal): Promise<readonly BatchItem[]>;
  /** Messages received that did not fit any more; they begin the next batch. */
  readonly hasCarried: boolean;
}

/** Options of a collector. */
export interface BatchCollectorOptions {
  readonly clock: Clock;
  readonly limits: () => { readonly batchSize: number; readonly windowMs: number };
  /** Receives from the queue, waiting for a first message. */
  readonly receive: (maxMessages: number, waitMs: number, signal: AbortSignal) => Promise<readonly QueuedMessage[]>;
  /** Makes a message part of a batch; `undefined` if it is not for the function. */
  readonly accept: (message: QueuedMessage) => BatchItem | undefined;
}

/** The longest wait of one receive, and the most messages it brings. */
const longPollMs = 20_000;
const messagesPerReceive = 10;

/** Creates a collector for one mapping. */
export function createBatchCollector({ clock, limits, receive, accept }: BatchCollectorOptions): BatchCollector {
  const carried: BatchItem[] = [];

  return {
    get hasCarried() {
      return carried.length > 0;
    },
    async collect(signal) {
      const { batchSize, windowMs } = limits();
      const items: BatchItem[] = [];
      let bytes = sqsEventOf([]).length;
      const isFull = () => items.length >= batchSize || carried.length > 0;
      const add = (item: BatchItem) => {
        const itemBytes = Buffer.byteLength(item.record) + 1;
        const fits = items.length === 0 || (!isFull() && bytes + itemBytes <= MAX_SYNC_PAYLOAD_BYTES);
        if (!fits) carried.push(item);
        else {
          items.push(item);
          bytes += itemBytes;
        }
      };
      for (const item of carried.splice(0)) add(item);
      let windowEndMs = items.length > 0 ? clock.nowMs() + windowMs : undefined;
      while (!isFull() && !signal.aborted) {
        const waitMs = windowEndMs === undefined ? longPollMs : Math.max(0, windowEndMs - clock.nowMs());
        const received = await receive(Math.min(messagesPerReceive, batchSize - items.length), waitMs, signal);
        for (const message of received) {
          const item = accept(message);
          if (item) add(item);
        }
        if (items.length > 0) windowEndMs ??= clock.nowMs() + windowMs;
        const isOver = windowMs === 0 ? items.length > 0 : received.length === 0;
        if (isOver || received.length === 0) break;
      }
      return items;
    },
  };
}
