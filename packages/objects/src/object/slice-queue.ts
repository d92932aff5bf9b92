/** Hands slices from one who receives them to one who reads them, a few at a time: the faster of the two waits. */
export class SliceQueue {
  readonly #maxSlices: number;
  readonly #ready: Uint8Array[] = [];
  #end: { readonly failure?: { readonly error: unknown } } | undefined;
  #isLeft = false;
  #wakeReader: (() => void) | undefined;
  #wakeReceiver: (() => void) | undefined;

  /** `maxSlices`: how many may wait for the reader; 1 at least. */
  constructor(maxSlices: number) {
    this.#maxSlices = Math.max(1, maxSlices);
  }

  /** Puts a slice in; resolves when there is room for another one, or the reader has left. */
  async put(slice: Uint8Array): Promise<void> {
    this.#ready.push(slice);
    this.#wakeReader?.();
    while (this.#ready.length >= this.#maxSlices && !this.#isLeft) {
      await new Promise<void>((resolve) => {
        this.#wakeReceiver = resolve;
      });
    }
  }

  /** No slice follows, because of `failure` if it is given. */
  end(failure?: { readonly error: unknown }): void {
    this.#end ??= failure === undefined ? {} : { failure };
    this.#wakeReader?.();
  }

  /** The next slice, `undefined` after the last one. Rejects with the failure once the slices before it were taken. */
  async take(): Promise<Uint8Array | undefined> {
    for (;;) {
      const slice = this.#ready.shift();
      if (slice !== undefined) {
        this.#wakeReceiver?.();
        return slice;
      }
      if (this.#end?.failure !== undefined) throw this.#end.failure.error;
      if (this.#end !== undefined) return undefined;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  /** The reader takes no more: the producer is not held up any longer. */
  leave(): void {
    this.#isLeft = true;
    this.#wakeReceiver?.();
  }
}
