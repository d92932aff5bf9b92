import type { Host } from "@longhaul/core/parts";

/** A machine whose time passes when told. */
export interface ManualHost extends Host {
  /** Lets time pass, and all promises settle that can. */
  pass(ms: number): Promise<void>;
  random: () => number;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export function manualHost(): ManualHost {
  let nowMs = 1_000_000;
  let ids = 0;
  let timers: { atMs: number; fire: () => void }[] = [];
  return {
    now: () => nowMs,
    id: () => `id-${++ids}`,
    random: () => 0.5,
    env: () => undefined,
    timer(delayMs, fire) {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async pass(ms) {
      const untilMs = nowMs + ms;
      await settled();
      for (;;) {
        const [next] = timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.fire();
        await settled();
      }
      nowMs = untilMs;
    },
  };
}

/** The value of a promise, or `pending` if it has none yet: a test that awaits a promise that never settles would hang. */
export function outcomeOf<Value>(promise: Promise<Value>): Promise<Value | "pending"> {
  return Promise.race([promise, settled().then(() => "pending" as const)]);
}
