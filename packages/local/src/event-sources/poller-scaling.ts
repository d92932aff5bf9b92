import type { Clock } from "../gateway/clock.ts";

/** How many batches of a mapping may be under way at a time. */
export interface PollerScaling {
  /** A batch begins; call the result when it is over. */
  begin(): () => void;
  /** Settles when one more batch may begin, or `signal` is aborted. */
  whenFree(signal: AbortSignal): Promise<void>;
  /** An invocation failed or was throttled: fewer batches from now on. */
  backOff(): void;
  readonly limit: number;
}

/** Lambda begins with five batches at a time. */
const initialBatches = 5;
/** ... and adds up to 300 a minute. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const growthIntervalMs = 200;

/** @param maximum - asked each time, because it may be changed. */
export function createPollerScaling(clock: Clock, maximum: () => number): PollerScaling {
  let limit = initialBatches;
  let underWay = 0;
  const waiting = new Set<() => void>();

  const allowed = () => Math.min(limit, maximum());
  const look = () => {
    if (underWay < allowed()) for (const resume of [...waiting]) resume();
  };

  return {
    get limit() {
      return allowed();
    },
    begin() {
      underWay += 1;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        underWay -= 1;
        if (underWay === 0 && limit > initialBatches) limit = initialBatches;
        look();
      };
    },
    whenFree(signal) {
      if (underWay < allowed() || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        // All are busy: after a while there is one more. Whether it finds a message is the queue's affair.
        const grow = () => {
          limit += 1;
          cancelGrowth = clock.after(growthIntervalMs, grow);
          look();
        };
        let cancelGrowth = allowed() < maximum() ? clock.after(growthIntervalMs, grow) : () => {};
        const resume = () => {
          cancelGrowth();
          waiting.delete(resume);
          signal.removeEventListener("abort", resume);
          resolve();
        };
        waiting.add(resume);
        signal.addEventListener("abort", resume, { once: true });
      });
    },
    backOff() {
      limit = Math.max(1, Math.floor(allowed() / 2));
    },
  };
}
