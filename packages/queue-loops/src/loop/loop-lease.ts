import type { Refusal } from "../tokens/token-protocol.ts";
import type { LoopPlace } from "../tokens/token-row.ts";
import type { TokenTable } from "../tokens/token-table.ts";

/**
 * The heartbeat of one invocation of a loop, which is its lease: one conditional write per period, whoever asks. Once it
 * was refused the lease is lost, and nothing is written any more.
 */
export class LoopLease {
  readonly place: LoopPlace;
  readonly #table: TokenTable;
  readonly #periodMs: number;
  #lastMs: number;
  #pending: Promise<Refusal | undefined> | undefined;
  #lost: Refusal | undefined;
  #stats: string | undefined;

  /** @param nowMs - when the hop's claim, its first heartbeat, was written */
  constructor(table: TokenTable, place: LoopPlace, periodMs: number, nowMs: number) {
    this.#table = table;
    this.place = place;
    this.#periodMs = periodMs;
    this.#lastMs = nowMs;
  }

  /** Why the loop is to end; `undefined` while it has its token, as far as it knows. */
  get lost(): Refusal | undefined {
    return this.#lost;
  }

  /** Has the next heartbeat carry what the run measured, as JSON. */
  note(stats: string): void {
    this.#stats = stats;
  }

  /** Nothing more will be written: the hop is over. */
  close(refusal: Refusal): void {
    this.#lost ??= refusal;
  }

  /**
   * Verifies the token and notes the heartbeat, if the last is a period old. Answers why the loop is to end, if it is.
   * Rejects if the table could not be asked; the loop goes on then, and the next period asks again.
   */
  beat(nowMs: number): Promise<Refusal | undefined> {
    // A little early is on time: otherwise a timer that fires a millisecond too soon would cost a whole period.
    if (this.#lost || nowMs - this.#lastMs < this.#periodMs * 0.9) return Promise.resolve(this.#lost);
    this.#pending ??= this.#write(nowMs).finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #write(nowMs: number): Promise<Refusal | undefined> {
    const answer = await this.#table.beat(this.place, nowMs, this.#stats);
    if (answer.ok) this.#lastMs = nowMs;
    else this.#lost ??= answer.refusal;
    return this.#lost;
  }
}
