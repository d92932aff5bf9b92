/** The owner of a timer: a process, which may be frozen or dead when the timer is due. */
export interface TimerOwner {
  isGone: boolean;
  isFrozen: boolean;
  /** Timers that came due while frozen. */
  readonly deferred: VirtualTimer[];
}

/** Something due at a moment of virtual time. */
export interface VirtualTimer {
  atMs: number;
  order: number;
  readonly owner: TimerOwner | undefined;
  readonly fire: () => void;
  isCancelled: boolean;
}

/** Gives every promise that can settle its turn: nothing but timers can happen afterwards. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Virtual time: timers fired one at a time; between two, all promises that can settle do. */
export class VirtualTime {
  nowMs: number;
  #order = 0;
  readonly #heap: VirtualTimer[] = [];

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  after(delayMs: number, fire: () => void, owner?: TimerOwner): VirtualTimer {
    const atMs = this.nowMs + Math.max(0, delayMs);
    const timer = { atMs, order: ++this.#order, owner, fire, isCancelled: false };
    this.#push(timer);
    return timer;
  }

  /** A process is thawed: timers that came due meanwhile are due now. */
  thaw(owner: TimerOwner): void {
    owner.isFrozen = false;
    for (const timer of owner.deferred.splice(0)) {
      timer.atMs = this.nowMs;
      timer.order = ++this.#order;
      this.#push(timer);
    }
  }

  /** Lets time pass until a moment, or until `isOver`. */
  async run(untilMs: number, isOver: () => boolean): Promise<void> {
    await settled();
    while (!isOver()) {
      const timer = this.#pop();
      if (!timer) return;
      if (timer.atMs > untilMs) {
        this.#push(timer);
        this.nowMs = untilMs;
        return;
      }
      if (timer.isCancelled || timer.owner?.isGone) continue;
      if (timer.owner?.isFrozen) {
        timer.owner.deferred.push(timer);
        continue;
      }
      this.nowMs = Math.max(this.nowMs, timer.atMs);
      timer.fire();
      await settled();
    }
  }

  #push(timer: VirtualTimer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(timer, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): VirtualTimer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left && right && isBefore(right, left)) child++;
      const below = heap[child];
      if (!below || !isBefore(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: VirtualTimer, b: VirtualTimer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
