import type { KeyRange } from "../listing/key-range.ts";
import { childOf, childrenOf, type LogEntry, neverBorn, type PartEnding } from "./part-log.ts";
import { PartTakenOverError } from "./walk-errors.ts";
import type { WalkRecords } from "./walk-records.ts";

/** The log of a part in the hands of one hop, which is the only one that can add to it. */
export class PartBook {
  readonly #records: WalkRecords;
  readonly #walk: string;
  readonly #part: string;
  readonly #entries: LogEntry[];

  private constructor(records: WalkRecords, walk: string, part: string, entries: readonly LogEntry[]) {
    this.#records = records;
    this.#walk = walk;
    this.#part = part;
    this.#entries = [...entries];
  }

  /**
   * Reads the log, and shuts out whichever hop was at work before. A log of a part that is done is only read.
   *
   * @param token - the fencing token of the hop's attempt
   * @throws PartTakenOverError if a later attempt has begun: it may have counted keys that this one would give away.
   */
  static async open(records: WalkRecords, walk: string, part: string, token: number): Promise<PartBook> {
    for (;;) {
      const book = new PartBook(records, walk, part, await records.log(walk, part));
      if (book.isDone) return book;
      if (book.#entries.some((entry) => entry.kind === "began" && (entry.token ?? 0) > token)) {
        throw new PartTakenOverError(walk, part);
      }
      const isFirst = book.#entries.length === 0;
      if (!(await book.#append({ kind: "began", token }))) continue;
      if (!isFirst) await records.release(walk, neverBorn(part, book.#outline));
      return book;
    }
  }

  get isDone(): boolean {
    return this.#entries.at(-1)?.kind === "done";
  }

  /** All ranges that are not this part's any more. */
  get given(): KeyRange[] {
    return this.#entries.flatMap((entry) => (entry.kind === "gave" ? entry.ranges : []));
  }

  get children(): string[] {
    return childrenOf(this.#part, this.#outline);
  }

  /** Id of the child that the next {@link give} makes. */
  get nextChild(): string {
    return childOf(this.#part, this.#entries.length);
  }

  /**
   * Gives ranges away. They never come back.
   *
   * @throws PartTakenOverError if another hop has begun; then nothing was given.
   */
  async give(ranges: readonly KeyRange[]): Promise<void> {
    const child = this.nextChild;
    if (await this.#append({ kind: "gave", ranges })) return;
    await this.#records.release(this.#walk, [child]);
    throw new PartTakenOverError(this.#walk, this.#part);
  }

  /** @throws PartTakenOverError if another hop has begun. */
  async finish(ending: PartEnding): Promise<void> {
    if (!(await this.#append({ kind: "done", ending }))) throw new PartTakenOverError(this.#walk, this.#part);
  }

  get #outline() {
    return this.#entries.map(({ kind }) => kind);
  }

  async #append(entry: LogEntry): Promise<boolean> {
    const isWritten = await this.#records.append(this.#walk, this.#part, this.#entries.length, entry);
    if (isWritten) this.#entries.push(entry);
    return isWritten;
  }
}
