/** Options of {@link Outbox}. */
export interface OutboxOptions<Item> {
  /** Deletes what an item names. It may be asked again for the same item, after a crash; that must be harmless. */
  readonly perform: (item: Item, signal: AbortSignal) => Promise<void>;
  /** Items of the state this hop began with. */
  readonly carried?: readonly Item[] | undefined;
  /**
   * Whether a store keeps the state this hop began with, so that no attempt continues from an older one. Not of a run that keeps a
   * history, whose outbox is not flushed either: `run.isRecorded && !run.isRewindable`.
   */
  readonly isSaved: boolean;
  /** Called when an item could not be done. It stays in the outbox. */
  readonly onFailure?: ((error: unknown, item: Item) => void) | undefined;
}

/**
 * Deletions that must wait: a run that dies continues from the last state that was saved, and finds
 * there what that state refers to. So deletions are part of the state. They are done once a state that holds them was saved,
 * and are dropped from the state after that. What nobody does any more is left to lifecycle rules.
 *
 * Items are plain JSON; two with the same JSON are one.
 *
 * @example
 * ```ts
 * const outbox = new Outbox<Upload>({ perform: abortUpload, carried: state.discard, isSaved: hasStore });
 * onSaved((saved) => outbox.flush(saved?.discard));
 * outbox.add(upload); // state no longer refers to it
 * yield { ...state, discard: outbox.items };
 * ```
 */
export class Outbox<Item> {
  readonly #options: OutboxOptions<Item>;
  /** By JSON: the item, and whether a saved state holds it. */
  readonly #items = new Map<string, { readonly item: Item; isDue: boolean }>();
  readonly #controller = new AbortController();
  #flushing: Promise<void> = Promise.resolve();

  constructor(options: OutboxOptions<Item>) {
    this.#options = options;
    for (const item of options.carried ?? []) this.#put(item, options.isSaved);
  }

  /** Items for the next state: everything that was not done yet. */
  get items(): readonly Item[] {
    return [...this.#items.values()].map(({ item }) => item);
  }

  /** Puts in what the next state no longer refers to. */
  add(item: Item): void {
    this.#put(item, false);
  }

  /** A state with these items was saved, or without `saved` the end of the run: does what may be done now. */
  flush(saved: readonly Item[] = this.items): Promise<void> {
    for (const item of saved) {
      const held = this.#items.get(JSON.stringify(item));
      if (held !== undefined) held.isDue = true;
    }
    this.#flushing = this.#flushing.then(() => this.#performDue());
    return this.#flushing;
  }

  /** Does what the state this hop began with allows. */
  resume(): Promise<void> {
    return this.flush([]);
  }

  /** The hop ends: gives up what is under way, for the next hop to do. Resolves when nothing is. */
  async close(): Promise<void> {
    this.#controller.abort();
    await this.#flushing;
  }

  #put(item: Item, isDue: boolean): void {
    const key = JSON.stringify(item);
    if (!this.#items.has(key)) this.#items.set(key, { item, isDue });
  }

  async #performDue(): Promise<void> {
    const { perform, onFailure } = this.#options;
    const { signal } = this.#controller;
    for (const [key, { item, isDue }] of [...this.#items]) {
      if (!isDue || signal.aborted) continue;
      try {
        await perform(item, signal);
        this.#items.delete(key);
      } catch (error) {
        if (!signal.aborted) onFailure?.(error, item);
      }
    }
  }
}
