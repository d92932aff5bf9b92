import type { KeyRange } from "../listing/key-range.ts";
import type { Walk } from "../listing/walk.ts";
import { MAX_ENTRY_BYTES } from "./fitting-entry.ts";
import type { PartBook } from "./part-book.ts";
import type { WalkRecords } from "./walk-records.ts";

/** Options of {@link Giving}. */
export interface GivingOptions {
  readonly walkId: string;
  /** Most parts that are open at once. */
  readonly maxRuns: number;
  readonly book: PartBook;
  readonly records: Pick<WalkRecords, "claim" | "release">;
  readonly walk: Pick<Walk, "giveAway">;
  readonly startChild: (child: string) => Promise<void>;
}

/**
 * Gives ranges of a part away and starts the parts they become, beside the walk: while a table or the function that is
 * invoked is throttled, listing and checkpoints continue.
 */
export class Giving {
  readonly #options: GivingOptions;
  #gift: Promise<void> | undefined;
  #starts: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;
  /** Out of the walk, and not known to be written down as given. */
  leaving: readonly KeyRange[] = [];

  constructor(options: GivingOptions) {
    this.#options = options;
  }

  /** Starts parts that the log speaks of, where they were not started yet. */
  start(children: readonly string[]): void {
    for (const child of children) this.#starts.push(this.#noting(this.#options.startChild(child)));
  }

  /** Gives about half of what is left to another part, unless a gift is under way. */
  give(): void {
    this.#gift ??= this.#noting(this.#give()).then(() => {
      this.#gift = undefined;
    });
  }

  /** @throws what a gift or a start that is over failed with. */
  check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /**
   * Resolves when nothing is under way: what was given is written down, and every child will begin sometime.
   *
   * @throws what a gift or a start failed with.
   */
  async settled(): Promise<void> {
    await this.#gift;
    await Promise.all(this.#starts);
    this.check();
  }

  async #give(): Promise<void> {
    const { walkId, maxRuns, book, records, walk } = this.#options;
    const child = book.nextChild;
    if (!(await records.claim(walkId, child, maxRuns))) return;
    this.leaving = walk.giveAway(MAX_ENTRY_BYTES);
    if (this.leaving.length === 0) return records.release(walkId, [child]);
    await book.give(this.leaving);
    this.leaving = [];
    this.start([child]);
  }

  /** Nobody waits for it yet, so its failure is kept. */
  #noting(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }
}
