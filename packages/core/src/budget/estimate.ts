/** Statistics of a duration, in milliseconds; small enough to travel in every envelope. */
export interface DurationStats {
  /** Smoothed mean. */
  readonly mean: number;
  /** Smoothed mean deviation. */
  readonly dev: number;
  /** Largest of the recent samples. */
  readonly peak: number;
}

/** Samples after which an old peak is forgotten: the peak is the largest of the last 64 to 128 samples of an invocation. */
const PEAK_WINDOW = 64;

/**
 * Predicts how long the next step of a kind takes: the smoothed mean plus four mean deviations, as TCP's retransmission
 * timer does (RFC 6298, section 2), and never less than the largest recent sample.
 */
export class DurationEstimate {
  #mean: number;
  #dev: number;
  #peak = 0;
  #olderPeak: number;
  #samples = 0;
  #known: boolean;
  readonly #peakWindow: number;

  /** `peakWindow`: samples after which an old peak is forgotten. */
  constructor(prior?: DurationStats, peakWindow = PEAK_WINDOW) {
    this.#peakWindow = peakWindow;
    this.#known = prior !== undefined;
    ({ mean: this.#mean, dev: this.#dev, peak: this.#olderPeak } = prior ?? { mean: 0, dev: 0, peak: 0 });
  }

  /** Whether any sample has been seen, here or in an earlier hop. */
  get known(): boolean {
    return this.#known;
  }

  /** Takes one more measured duration, in milliseconds. One below 0, by a clock that was set back, says nothing. */
  add(ms: number): void {
    if (ms < 0) return;
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
    if (++this.#samples === this.#peakWindow) {
      this.#samples = 0;
      this.#olderPeak = this.#peak;
      this.#peak = 0;
    }
  }

  /** The predicted duration in milliseconds; 0 while nothing is known. */
  get predictedMs(): number {
    return Math.max(this.#mean + 4 * this.#dev, this.#peak, this.#olderPeak);
  }

  /** The value of {@link predictedMs} after one more sample, in milliseconds; never less than it will be. */
  predictedAfter(ms: number): number {
    if (!this.#known) return 3 * ms;
    const error = ms - this.#mean;
    const dev = this.#dev + (Math.abs(error) - this.#dev) / 4;
    return Math.max(this.#mean + error / 8 + 4 * dev, this.#peak, this.#olderPeak, ms);
  }

  /**
   * The statistics for the next hop, rounded to microseconds; `undefined` while nothing is known. An older peak is passed on
   * less the share of its window that this hop saw without it: hops of few samples forget it, too. With `lastMs` as if that
   * were one more sample.
   */
  stats(lastMs?: number): DurationStats | undefined {
    if (lastMs !== undefined) {
      const one = new DurationEstimate(this.stats(), this.#peakWindow);
      one.add(lastMs);
      return one.stats();
    }
    if (!this.#known) return undefined;
    const round = (value: number) => Math.round(value * 1000) / 1000;
    const older = this.#olderPeak * (1 - this.#samples / this.#peakWindow);
    return { mean: round(this.#mean), dev: round(this.#dev), peak: round(Math.max(this.#peak, older)) };
  }
}
