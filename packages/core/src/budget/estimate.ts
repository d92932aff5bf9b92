/** What has been learned about a duration, in milliseconds; small enough to travel in every envelope. */
export interface DurationStats {
  /** Smoothed mean. */
  readonly mean: number;
  /** Smoothed mean deviation. */
  readonly dev: number;
  /** Largest of the recent samples. */
  readonly peak: number;
}

/** Samples after which an old peak is forgotten: the peak is the largest of the last 64 to 128 samples. */
const PEAK_WINDOW = 64;

/**
 * Predicts how long the next step of a kind takes: the smoothed mean plus four mean deviations, as TCP's retransmission
 * timer does (RFC 6298, section 2), and never less than the largest recent sample.
 */
export class DurationEstimate {
  #mean: number;
  #dev: number;
  #peak: number;
  #olderPeak: number;
  #samples = 0;
  #known: boolean;

  constructor(prior?: DurationStats) {
    this.#mean = prior?.mean ?? 0;
    this.#dev = prior?.dev ?? 0;
    this.#peak = 0;
    this.#olderPeak = prior?.peak ?? 0;
    this.#known = prior !== undefined;
  }

  /** Whether any sample has been seen, here or in an earlier hop. */
  get known(): boolean {
    return this.#known;
  }

  /** Takes one more measured duration, in milliseconds. */
  add(ms: number): void {
    if (this.#known) {
      const error = ms - this.#mean;
      this.#dev += ((error < 0 ? -error : error) - this.#dev) / 4;
      this.#mean += error / 8;
    } else {
      this.#mean = ms;
      this.#dev = ms / 2;
      this.#known = true;
    }
    if (ms > this.#peak) this.#peak = ms;
    if (++this.#samples === PEAK_WINDOW) {
      this.#samples = 0;
      this.#olderPeak = this.#peak;
      this.#peak = 0;
    }
  }

  /** The predicted duration in milliseconds; 0 while nothing is known. */
  get predictedMs(): number {
    const smooth = this.#mean + 4 * this.#dev;
    const peak = Math.max(this.#peak, this.#olderPeak);
    return Math.max(smooth, peak);
  }

  /** What the next hop should know, rounded to microseconds; `undefined` while nothing is known. */
  stats(): DurationStats | undefined {
    if (!this.#known) return undefined;
    const round = (value: number) => Math.round(value * 1000) / 1000;
    return {
      mean: round(this.#mean),
      dev: round(this.#dev),
      peak: round(Math.max(this.#peak, this.#olderPeak)),
    };
  }
}
