/** First in, first out, in constant time; what left the line elsewhere is passed over when its turn comes. */
export interface ReadyLine<T> {
  push(item: T): void;
  take(): T | undefined;
}

/** @param isReady - whether an item is still in line. */
export function createReadyLine<T>(isReady: (item: T) => boolean): ReadyLine<T> {
  let items: T[] = [];
  let head = 0;
  return {
    push: (item) => void items.push(item),
    take() {
      while (head < items.length) {
        const item = items[head++]!;
        if (head > 4096 && head * 2 > items.length) {
          items = items.slice(head);
          head = 0;
        }
        if (isReady(item)) return item;
      }
      items = [];
      head = 0;
      return undefined;
    },
  };
}
