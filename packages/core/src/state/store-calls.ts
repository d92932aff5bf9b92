import { call } from "../calls/call.ts";
import type { Host } from "../host.ts";

/** Calls of a run store from outside of an invocation; `budgetMs` is left of the 30 s that they and the event have together. */
export function storeCalls(host: Host) {
  const untilMs = host.now() + 30_000;
  const budgetMs = () => untilMs - host.now();
  const ask = <Answer>(name: string, send: (signal: AbortSignal) => Promise<Answer>) =>
    call(send, { name: `The run store's ${name}`, kind: "control", budgetMs, host });
  return { ask, budgetMs };
}
