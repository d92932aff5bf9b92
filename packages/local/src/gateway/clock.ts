/** Time as an argument, so that tests and the simulator own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Runs something once after a delay and returns what cancels it. Never keeps the process alive. */
  after(delayMs: number, run: () => void): () => void;
}

const longestTimerMs = 2 ** 31 - 1;

/** The machine's own clock. Delays beyond setTimeout's range (24 days) end early; callers look at the time again anyway. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), longestTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
