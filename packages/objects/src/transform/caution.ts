/** How careful a run is whose hops died without a word. Travels in its state. */
export interface Caution {
  /** Most data records between two safe points, each of which is saved before the next records are tried. */
  readonly records: number;
  /** Steps until the run is no longer careful. */
  readonly steps: number;
}

/** Steps of half a batch. Should it take more until the next death, that begins it anew, further on. */
const HALF_STEPS = 1_000;
/** Deaths in a row after which a run is careful. */
const DEATHS = 2;

/**
 * Finds the data record that kills its hops (by exhausting memory, ending the process, or never returning). After two deaths
 * with no state saved in between, batches are halved and each half is saved before the next; the half that kills is tried
 * record by record; a record that kills twice on its own is the suspect.
 *
 * Only the state and the number of deaths decide, so that each attempt concludes the same.
 */
export class CarefulSteps {
  #caution: Caution | undefined;
  #isSuspectNext: boolean;

  /**
   * @param saved Caution in the state that this attempt begins with.
   * @param deaths Attempts in a row that began with that state and died.
   * @param batchSize Data records of an ordinary step.
   */
  constructor(saved: Caution | undefined, deaths: number, batchSize: number) {
    const half: Caution = { records: Math.ceil(batchSize / 2), steps: HALF_STEPS };
    const alone: Caution = { records: 1, steps: half.records };
    const from = saved ?? half;
    // How to proceed after so many deaths; after one more than there are entries, it is the next record.
    const lessons = [
      ...(saved === undefined ? Array<undefined>(DEATHS) : []),
      ...(from.records > 1 ? [from, alone, alone] : [from, from]),
    ];
    this.#isSuspectNext = deaths >= lessons.length;
    this.#caution = this.#isSuspectNext ? alone : lessons[deaths];
  }

  /** Whether each step has to be saved before the next. */
  get areOn(): boolean {
    return this.#caution !== undefined;
  }

  /** Most data records of the next step. */
  get maxRecords(): number {
    return this.#caution?.records ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the next data record is the one that kills its hops. */
  get isSuspectNext(): boolean {
    return this.#isSuspectNext;
  }

  /** A step was taken. Answers with the caution that its state has to hold. */
  step(): Caution | undefined {
    if (this.#caution === undefined) return undefined;
    const { records, steps } = this.#caution;
    // With the suspect set aside there is no reason left.
    this.#caution = this.#isSuspectNext || steps <= 1 ? undefined : { records, steps: steps - 1 };
    this.#isSuspectNext = false;
    return this.#caution;
  }
}
