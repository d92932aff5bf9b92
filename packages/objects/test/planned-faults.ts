import type { BatchCloud } from "./batch-cloud.ts";

/** The faults planned for one run, by hop. */
export interface FaultPlan {
  /** The process is killed that many ms after the hop's handler began; once. */
  readonly killAfterMs?: Readonly<Record<number, number>>;
  /** The process is killed as it saves what comes after the last part for the so-manieth time: in the middle of a hand-off. */
  readonly killAtTail?: number;
  /** The event of the hop never arrives. */
  readonly lost?: readonly number[];
  /** The event of the hop arrives twice. */
  readonly twice?: (hop: number) => boolean;
  /** The hop runs in a new process. */
  readonly cold?: (hop: number) => boolean;
}

interface Delivered {
  readonly plan: FaultPlan;
  readonly run: string;
  readonly hop: number;
}

/** Lets faults happen to runs by their ids. `left()` names what has not happened. */
export function planFaults(
  cloud: BatchCloud,
  plans: Readonly<Record<string, FaultPlan>>,
): { left(): string[]; end(): void } {
  const once = new Set(
    Object.entries(plans).flatMap(([run, { killAfterMs = {}, killAtTail, lost = [] }]) => [
      ...(killAtTail === undefined ? [] : [`kill ${run} at tail`]),
      ...Object.keys(killAfterMs).map((hop) => `kill ${run} ${hop}`),
      ...lost.map((hop) => `lose ${run} ${hop}`),
    ]),
  );
  const byRequest = new Map<string, Delivered>();
  cloud.faults.deliveries = ({ payload, requestId }) => {
    const { run = "", hop = 0 } = (JSON.parse(payload) as { longhaul?: { run?: string; hop?: number } }).longhaul ?? {};
    const plan = plans[run];
    if (plan === undefined) return [0];
    byRequest.set(requestId, { plan, run, hop });
    if (once.delete(`lose ${run} ${hop}`)) return [];
    return plan.twice?.(hop) ? [0, 15] : [0];
  };
  cloud.faults.killAfterMs = ({ requestId }) => {
    const { plan, run, hop } = byRequest.get(requestId) ?? {};
    return hop !== undefined && once.delete(`kill ${run} ${hop}`) ? plan?.killAfterMs?.[hop] : undefined;
  };
  cloud.faults.cold = ({ requestId }) => {
    const { plan, hop = 0 } = byRequest.get(requestId) ?? {};
    return plan?.cold?.(hop) ?? false;
  };
  const tails = new Map<string, number>();
  cloud.hooks.onRequest = ({ operation, key }) => {
    const run = Object.keys(plans).find((name) => key.includes(`.longhaul/${name}-`));
    if (run === undefined || operation !== "PutObject") return;
    const count = (tails.get(run) ?? 0) + 1;
    tails.set(run, count);
    const said = cloud.events.findLast((event) => event.run === run && event.type === "hop.start");
    if (said && count === plans[run]?.killAtTail && once.delete(`kill ${run} at tail`)) {
      process.kill(cloud.pidOf(said), "SIGKILL");
    }
  };
  return {
    left: () => [...once],
    end() {
      delete cloud.faults.deliveries;
      delete cloud.faults.killAfterMs;
      delete cloud.faults.cold;
      delete cloud.hooks.onRequest;
    },
  };
}
