/** Items ordered by when they fall due. Items may die in place; the heap sheds dead ones once they outnumber the living. */
export interface DueHeap<T> {
  push(dueMs: number, item: T): void;
  /** When the next living item is due; `undefined` if there is none. */
  nextDueMs(): number | undefined;
  /** Removes and returns the next living item due at or before `nowMs`. */
  popDue(nowMs: number): T | undefined;
}

type Slot<T> = { readonly dueMs: number; readonly order: number; readonly item: T };

/** @param isLive - whether a pushed (due, item) pair still counts. */
export function createDueHeap<T>(isLive: (item: T, dueMs: number) => boolean): DueHeap<T> {
  let slots: Slot<T>[] = [];
  let order = 0;
  let nextSweepSize = 1024;

  const before = (a: Slot<T>, b: Slot<T>) => (a.dueMs === b.dueMs ? a.order < b.order : a.dueMs < b.dueMs);

  function siftUp(start: number): void {
    let index = start;
    const slot = slots[index]!;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = slots[parentIndex]!;
      if (!before(slot, parent)) break;
      slots[index] = parent;
      index = parentIndex;
    }
    slots[index] = slot;
  }

  function siftDown(start: number): void {
    let index = start;
    const slot = slots[index]!;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= slots.length) break;
      const right = slots[childIndex + 1];
      if (right && before(right, slots[childIndex]!)) childIndex += 1;
      const child = slots[childIndex]!;
      if (!before(child, slot)) break;
      slots[index] = child;
      index = childIndex;
    }
    slots[index] = slot;
  }

  function removeTop(): void {
    const last = slots.pop();
    if (last && slots.length > 0) {
      slots[0] = last;
      siftDown(0);
    }
  }

  function shedDead(): void {
    slots = slots.filter((slot) => isLive(slot.item, slot.dueMs));
    for (let index = (slots.length >> 1) - 1; index >= 0; index -= 1) siftDown(index);
    nextSweepSize = Math.max(1024, slots.length * 2);
  }

  function livingTop(): Slot<T> | undefined {
    for (;;) {
      const top = slots[0];
      if (!top || isLive(top.item, top.dueMs)) return top;
      removeTop();
    }
  }

  return {
    push(dueMs, item) {
      slots.push({ dueMs, order: order++, item });
      siftUp(slots.length - 1);
      if (slots.length > nextSweepSize) shedDead();
    },
    nextDueMs: () => livingTop()?.dueMs,
    popDue(nowMs) {
      const top = livingTop();
      if (!top || top.dueMs > nowMs) return undefined;
      removeTop();
      return top.item;
    },
  };
}
