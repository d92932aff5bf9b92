import {
  type CallFaultPlan,
  type EventSourceFaults,
  type FaultyCall,
  type LambdaFaults,
  type SeededCallFaultOptions,
  seededCallFaults,
  seededFaults,
} from "@longhaul/local";

/** How often what goes wrong. */
export interface FaultRates {
  /** Every so many events are delivered twice. */
  readonly doubleEvery: number;
  /** Every so many events are lost, of those whose loss somebody has to notice. */
  readonly loseEvery: number;
  /** Every so many calls of Invoke by functions are throttled. */
  readonly throttleEvery: number;
  /** Share of invocations whose instance is killed. */
  readonly killRate: number;
  /** An instance is killed at a time up to here after its handler began, in milliseconds. */
  readonly killUpToMs: number;
  /** Share of calls that fail, by service. */
  readonly callRates: SeededCallFaultOptions["rates"];
}

/** Every second event twice, every seventh lost, every fifth Invoke throttled; the rest as a bad day has it. */
export const RATES: FaultRates = {
  doubleEvery: 2,
  loseEvery: 7,
  throttleEvery: 5,
  killRate: 0.35,
  killUpToMs: 7_500,
  callRates: { s3: 0.02, dynamodb: 0.03, sqs: 0.03 },
};

/** No trouble at all: to see that the lane itself is right. */
export const QUIET: FaultRates = {
  doubleEvery: Number.POSITIVE_INFINITY,
  loseEvery: Number.POSITIVE_INFINITY,
  throttleEvery: Number.POSITIVE_INFINITY,
  killRate: 0,
  killUpToMs: 0,
  callRates: {},
};

/** Lambda tries an event three times. */
const LAST_TRY = 3;

/** Kinds of faults. */
export type FaultKind = "killed" | "doubled" | "lost" | "throttled" | "failed calls";

/** The faults so far, by app and kind. */
export type FaultCounts = Map<string, Map<FaultKind, number>>;

/** The faults of one run of the lane, and how often each has struck. */
export interface FaultPlan {
  readonly lambda: Required<LambdaFaults>;
  readonly eventSources: EventSourceFaults;
  readonly calls: CallFaultPlan;
  readonly counts: FaultCounts;
  count(nameOrArn: string, kind: FaultKind): void;
}

/** Facts that a plan needs. */
export interface FaultPlanOptions {
  readonly seed: number;
  readonly rates: FaultRates;
  /** The app that a function, or a role, belongs to. */
  readonly appOf: (nameOrArn: string) => string;
  /**
   * Whether somebody has to notice that this event is lost: a hand-off, which the sweeper finds again, or anything of the
   * loops. Nobody could know of an upload whose only event is lost; S3 does not lose those that it has handed over.
   */
  readonly mayBeLost: (functionName: string, payload: string) => boolean;
  /** Whether a call may be left without an answer; otherwise its connection breaks instead. */
  readonly mayBeSilent: (call: FaultyCall) => boolean;
}

/** Makes the faults of a seed. The same sequence of events meets the same faults. */
export function faultPlan({ seed, rates, appOf, mayBeLost, mayBeSilent }: FaultPlanOptions): FaultPlan {
  const counts: FaultCounts = new Map();
  const count = (nameOrArn: string, kind: FaultKind): void => {
    const app = appOf(nameOrArn);
    const kinds = counts.get(app) ?? new Map<FaultKind, number>();
    counts.set(app, kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
  };
  const kills = seededFaults({ seed, crashRate: rates.killRate, crashToMs: rates.killUpToMs });
  const calls = seededCallFaults({ seed, rates: rates.callRates });
  const isEach = (sequence: number, every: number): boolean => sequence % every === every - 1;
  let [losable, messages, invokes] = [0, 0, 0];
  return {
    counts,
    count,
    lambda: {
      throttle: () => false,
      deliveries({ sequence, functionName, payload }) {
        if (mayBeLost(functionName, payload) && isEach(losable++, rates.loseEvery)) {
          count(functionName, "lost");
          return [];
        }
        if (!isEach(sequence, rates.doubleEvery)) return [0];
        count(functionName, "doubled");
        return [0, (sequence * 7) % 60];
      },
      // Counted when an instance dies: an invocation may be over before its time to be killed has come. The last try of an
      // event is not killed: what was killed three times is a dead letter by right, though the sweeper continues its run.
      killAfterMs: (run) => (run.attempt < LAST_TRY ? kills.killAfterMs(run) : undefined),
      cold: () => false,
    },
    eventSources: {
      duplicate({ receiveCount, eventSourceArn }) {
        if (receiveCount > 1 || !isEach(messages++, rates.doubleEvery)) return false;
        count(eventSourceArn, "doubled");
        return true;
      },
    },
    calls(call) {
      const { service, path, roleArn } = call;
      if (service === "lambda" && roleArn !== undefined && path.endsWith("/invocations")) {
        if (!isEach(invokes++, rates.throttleEvery)) return undefined;
        count(roleArn, "throttled");
        return "throttle";
      }
      const fault = calls(call);
      if (fault === undefined) return undefined;
      count(roleArn ?? "", "failed calls");
      if (!fault.startsWith("silence") || mayBeSilent(call)) return fault;
      return fault === "silence" ? "reset" : "reset-after";
    },
  };
}
