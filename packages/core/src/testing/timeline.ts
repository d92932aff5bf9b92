import { LonghaulError } from "../errors.ts";

/** The owner of a timer: a container, which may be frozen or gone when it is due. */
export interface TimerOwner {
  readonly isGone: boolean;
  readonly isFrozen: boolean;
  /** Keeps a timer that came due while frozen, for the thaw. */
  defer(timer: VirtualTimer): void;
}

/** Something due at a moment of virtual time. */
export interface VirtualTimer {
  atMs: number;
  /** Order among those due at the same moment. */
  sequence: number;
  readonly owner: TimerOwner | undefined;
  readonly fire: () => void;
  /** Whether the world is not at rest before it has fired. */
  readonly isAwaited: boolean;
  isCancelled: boolean;
}

/** Timers that may fire at one moment before that is taken for an endless loop. */
const MAX_AT_ONCE = 100_000;

// Taken at once: a test may replace the global by a fake one later. A browser has none.
const { setImmediate } = globalThis;

/** Turns that are waited for where there is no `setImmediate`. They share a channel: to make one takes as long as a turn. */
const turns: (() => void)[] = [];
let channel: ReturnType<typeof channelOfTurns> | undefined;

/** Places in the queue of one turn of the event loop. Each costs a fraction of a turn, which asks the kernel for news. */
const PLACES = 16;
const settling: (() => void)[] = [];
let placesLeft = 0;

/**
 * Gives every promise and tick that is ready its turn: nothing but timers, and what is outside of the process, can happen
 * afterwards. Node empties both queues between two callbacks of `setImmediate` of one turn of the event loop.
 */
function settled(): Promise<void> {
  if (!setImmediate) return turn();
  return new Promise((resolve) => {
    settling.push(resolve);
    takePlaces();
  });
}

function takePlaces(): void {
  if (placesLeft > 0) return;
  placesLeft = PLACES;
  for (let place = 0; place < PLACES; place++) setImmediate(usePlace);
}

function usePlace(): void {
  placesLeft--;
  settling.shift()?.();
  if (settling.length > 0) takePlaces();
}

/** One turn of the event loop: what is outside of the process, such as a file, may have news after it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate) {
      setImmediate(resolve);
      return;
    }
    channel ??= channelOfTurns();
    turns.push(resolve);
    channel.port1.ref?.();
    channel.port2.postMessage(undefined);
  });
}

function channelOfTurns() {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => {
    turns.shift()?.();
    // Keeps no process of Node alive that has nothing else to do.
    if (turns.length === 0) port1.unref?.();
  });
  port1.start();
  return { port1, port2 };
}

/** Virtual time: a queue of timers, fired one at a time; between two, all promises that can settle do. */
export class Timeline {
  /** Milliseconds since 1970, virtual. */
  nowMs: number;
  #sequence = 0;
  #awaited = 0;
  #holds = 0;
  #failure: { readonly error: unknown } | undefined;
  readonly #heap: VirtualTimer[] = [];

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  /** Timers that the world is waiting for. */
  get awaited(): number {
    return this.#awaited;
  }

  /** Fires on behalf of the world itself; the world is not at rest before. */
  await(delayMs: number, fire: () => void): VirtualTimer {
    this.#awaited++;
    return this.#push(delayMs, fire, undefined, true);
  }

  /** Fires inside a container, or in the background if there is none. */
  schedule(delayMs: number, fire: () => void, owner?: TimerOwner): VirtualTimer {
    return this.#push(delayMs, fire, owner, false);
  }

  cancel(timer: VirtualTimer): void {
    if (timer.isCancelled) return;
    timer.isCancelled = true;
    if (timer.isAwaited) this.#awaited--;
  }

  /** Brings a deferred timer back, due now. */
  revive(timer: VirtualTimer): void {
    timer.atMs = this.nowMs;
    timer.sequence = ++this.#sequence;
    this.#insert(timer);
  }

  /** Stops virtual time until something real has settled. */
  async hold<Value>(pending: Promise<Value>): Promise<Value> {
    this.#holds++;
    try {
      return await pending;
    } finally {
      this.#holds--;
    }
  }

  /** Ends the run with an error that is nobody's in the world, such as that of a module that does not load. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /**
   * Fires timers in order until there are none, `isOver` says so, or virtual time would pass `limitMs`. No timer fires
   * while `pending()` answers with a promise.
   */
  async run(
    isOver: () => boolean,
    limitMs: number,
    pending: () => Promise<void> | undefined = () => undefined,
  ): Promise<void> {
    await settled();
    let firedAtOnce = 0;
    while (this.#holds > 0 || !isOver()) {
      if (this.#failure) throw this.#failure.error;
      if (this.#holds > 0) {
        await turn();
        continue;
      }
      const outside = pending();
      if (outside) {
        await outside;
        continue;
      }
      const timer = this.#pop();
      if (!timer) return;
      if (timer.isCancelled || timer.owner?.isGone) continue;
      if (timer.owner?.isFrozen) {
        timer.owner.defer(timer);
        continue;
      }
      if (timer.atMs > limitMs) return;
      firedAtOnce = timer.atMs === this.nowMs ? firedAtOnce + 1 : 0;
      if (firedAtOnce > MAX_AT_ONCE) {
        throw new LonghaulError(
          "LIVELOCK",
          `Virtual time does not advance: ${MAX_AT_ONCE} timers fired at one moment.`,
        );
      }
      this.nowMs = timer.atMs;
      timer.isCancelled = true;
      if (timer.isAwaited) this.#awaited--;
      timer.fire();
      await settled();
    }
    if (this.#failure) throw this.#failure.error;
  }

  #push(delayMs: number, fire: () => void, owner: TimerOwner | undefined, isAwaited: boolean): VirtualTimer {
    const atMs = this.nowMs + Math.max(0, delayMs);
    const timer = { atMs, sequence: ++this.#sequence, owner, fire, isAwaited, isCancelled: false };
    this.#insert(timer);
    return timer;
  }

  #insert(timer: VirtualTimer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isBefore(heap[above]!, timer)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = timer;
  }

  #pop(): VirtualTimer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === last || !last) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (isBefore(last, heap[below]!)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: VirtualTimer, other: VirtualTimer): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.sequence < other.sequence);
}
