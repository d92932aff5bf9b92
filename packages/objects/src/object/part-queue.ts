interface Waiting<P> {
  readonly part: P;
  readonly start: () => void;
  readonly cancel: (reason: unknown) => void;
}

/**
 * Uploads parts in the background, a few at a time. The first failure stops it: nothing queued is started any more, and
 * those who wait are told.
 */
export class PartQueue<P extends { readonly number: number }> {
  readonly #upload: (part: P, signal: AbortSignal) => Promise<void>;
  readonly #maxInFlight: number;
  readonly #onUploaded: (part: P) => void;
  readonly #queued: Waiting<P>[] = [];
  readonly #outstanding = new Map<number, { readonly done: Promise<void>; readonly controller: AbortController }>();
  #inFlight = 0;
  #failure: { readonly error: unknown; readonly number: number } | undefined;

  constructor(options: {
    readonly upload: (part: P, signal: AbortSignal) => Promise<void>;
    readonly maxInFlight: number;
    readonly onUploaded: (part: P) => void;
  }) {
    this.#upload = options.upload;
    this.#maxInFlight = options.maxInFlight;
    this.#onUploaded = options.onUploaded;
  }

  /** Whether another part may be gathered without waiting. */
  get hasRoom(): boolean {
    return this.#outstanding.size <= this.#maxInFlight && this.#failure === undefined;
  }

  /** Number of the part that failed first. */
  get failedPart(): number | undefined {
    return this.#failure?.number;
  }

  /** Starts, or queues, a part. */
  add(part: P): void {
    const controller = new AbortController();
    const started = new Promise<void>((start, cancel) => {
      this.#queued.push({ part, start, cancel });
    });
    const done = started.then(() => this.#run(part, controller.signal));
    done.catch(() => {}); // told through room() and settled()
    this.#outstanding.set(part.number, { done, controller });
    this.#startNext();
  }

  /** Resolves when there is room. Rejects with the first failure. */
  async room(): Promise<void> {
    while (this.#failure === undefined && this.#outstanding.size > this.#maxInFlight) {
      await Promise.race([...this.#outstanding.values()].map(({ done }) => done));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Resolves when all parts up to and including `number` are uploaded. Rejects if one of them, or one before, failed. */
  async settled(number: number): Promise<void> {
    const wanted = [...this.#outstanding].filter(([n]) => n <= number).map(([, { done }]) => done);
    await Promise.all(wanted);
  }

  /** Drops and aborts the parts from `number` on; resolves when none of them is under way any more. */
  async cancelFrom(number: number): Promise<void> {
    const reason = new DOMException("The output was closed.", "AbortError");
    for (const waiting of this.#queued.filter(({ part }) => part.number >= number)) {
      this.#queued.splice(this.#queued.indexOf(waiting), 1);
      waiting.cancel(reason);
    }
    const leaving = [...this.#outstanding].filter(([n]) => n >= number).map(([, part]) => part);
    for (const { controller } of leaving) controller.abort(reason);
    await Promise.allSettled(leaving.map(({ done }) => done));
  }

  #startNext(): void {
    while (this.#inFlight < this.#maxInFlight) {
      const next = this.#queued.shift();
      if (next === undefined) return;
      this.#inFlight++;
      next.start();
    }
  }

  async #run(part: P, signal: AbortSignal): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#upload(part, signal);
      this.#outstanding.delete(part.number);
      this.#onUploaded(part);
    } catch (error) {
      // A failed part stays outstanding, so that settled() reports it.
      if (!signal.aborted) this.#failure ??= { error, number: part.number };
      throw error;
    } finally {
      this.#inFlight--;
      this.#startNext();
    }
  }
}
