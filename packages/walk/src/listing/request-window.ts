/**
 * How many requests may be under way at once. Each round, of as many answers as the window was wide, widens it by one
 * request and narrows it by half the share that was refused: a few refusals cost little, and where all are refused it
 * soon is 1. After DCTCP (RFC 8257), which does so with packets.
 */
export class RequestWindow {
  readonly #max: number;
  #width: number;
  #answers = 0;
  #refusals = 0;
  #roundEnds: number;

  /** @param max - Most requests at once, and how many there are at first. */
  constructor(max: number) {
    this.#max = max;
    this.#width = max;
    this.#roundEnds = max;
  }

  /** Requests that may be under way, from 1. */
  get size(): number {
    return Math.floor(this.#width);
  }

  /** A request was answered, or refused for now: too fast, an error of the service, no answer in time. */
  answered(isRefused: boolean): void {
    this.#answers++;
    if (isRefused) this.#refusals++;
    if (this.#answers < this.#roundEnds) return;
    const share = this.#refusals / this.#answers;
    this.#width = Math.min(this.#max, Math.max(1, this.#width * (1 - share / 2) + (1 - share)));
    this.#roundEnds = this.size;
    this.#answers = 0;
    this.#refusals = 0;
  }
}
