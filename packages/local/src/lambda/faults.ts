import { createHash } from "node:crypto";

/** An Invoke call as a fault decision sees it. */
export interface FaultRequest {
  /** Counts calls of Invoke from 1, over all functions. */
  readonly sequence: number;
  readonly functionName: string;
  readonly invocationType: "RequestResponse" | "Event";
}

/** An asynchronous event that has been accepted. */
export interface FaultEvent {
  /** Counts accepted events from 1, over all functions. */
  readonly sequence: number;
  readonly functionName: string;
  readonly requestId: string;
  readonly payload: string;
}

/** A handler about to run. */
export interface FaultRun {
  /** Counts runs of handlers from 1, over all functions. */
  readonly sequence: number;
  readonly functionName: string;
  readonly requestId: string;
  readonly attempt: number;
}

/** Decides what goes wrong. Every decision is a function of its argument alone, so a run can be repeated. */
export interface LambdaFaults {
  /** Refuses an Invoke call with 429. */
  throttle?(request: FaultRequest): boolean;
  /**
   * When an accepted event is delivered: one delay in ms per delivery. `[0]` is normal, `[]` loses the event,
   * `[0, 50]` delivers it twice, `[3000]` late.
   */
  deliveries?(event: FaultEvent): readonly number[];
  /** Kills the sandbox that many ms after the handler's start. */
  killAfterMs?(run: FaultRun): number | undefined;
  /** Runs in a new sandbox even if a warm one is ready. */
  cold?(run: FaultRun): boolean;
}

/** Rates (0 to 1) and counts of the faults {@link seededFaults} makes. */
export interface SeededFaultOptions {
  /** Same seed, same faults. */
  readonly seed: number;
  /** Every n-th event is delivered twice. */
  readonly duplicateEvery?: number;
  readonly duplicateRate?: number;
  /** Longest time between a delivery and its duplicate. @defaultValue 20 */
  readonly duplicateWithinMs?: number;
  readonly loseRate?: number;
  readonly delayRate?: number;
  /** @defaultValue 100 */
  readonly delayUpToMs?: number;
  readonly throttleRate?: number;
  /** Calls of Invoke, counted from 1, that are refused with 429. */
  readonly throttleAt?: readonly number[];
  readonly crashRate?: number;
  /** Runs, counted from 1, that are killed. */
  readonly crashAt?: readonly number[];
  /** A crash comes at a time from here ... @defaultValue 0 */
  readonly crashFromMs?: number;
  /** ... to here after the handler's start. @defaultValue 50 */
  readonly crashToMs?: number;
  readonly coldRate?: number;
}

/** Faults drawn from a seed. */
export function seededFaults(options: SeededFaultOptions): Required<LambdaFaults> {
  /** In [0, 1), the same for the same seed, question and number. */
  const draw = (question: string, sequence: number): number => {
    const digest = createHash("sha256").update(`${options.seed}/${question}/${sequence}`).digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  };
  const happens = (question: string, sequence: number, rate = 0) => draw(question, sequence) < rate;
  return {
    throttle: ({ sequence }) =>
      options.throttleAt?.includes(sequence) === true || happens("throttle", sequence, options.throttleRate),
    deliveries({ sequence }) {
      if (happens("lose", sequence, options.loseRate)) return [];
      const delayMs = happens("delay", sequence, options.delayRate)
        ? draw("delay-ms", sequence) * (options.delayUpToMs ?? 100)
        : 0;
      const isTwice =
        (options.duplicateEvery !== undefined && sequence % options.duplicateEvery === 0) ||
        happens("duplicate", sequence, options.duplicateRate);
      if (!isTwice) return [delayMs];
      return [delayMs, delayMs + draw("duplicate-ms", sequence) * (options.duplicateWithinMs ?? 20)];
    },
    killAfterMs({ sequence }) {
      const isCrash = options.crashAt?.includes(sequence) === true || happens("crash", sequence, options.crashRate);
      if (!isCrash) return undefined;
      const fromMs = options.crashFromMs ?? 0;
      return fromMs + draw("crash-ms", sequence) * Math.max(0, (options.crashToMs ?? 50) - fromMs);
    },
    cold: ({ sequence }) => happens("cold", sequence, options.coldRate),
  };
}
