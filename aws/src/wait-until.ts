import { setTimeout as delay } from "node:timers/promises";

const LOOK_MS = 2_000;

/**
 * Waits until something is there.
 *
 * @throws if it is not in time, or the lane is to end.
 */
export async function waitUntil<Answer>(
  what: string,
  look: () => Promise<Answer | undefined>,
  { signal, timeoutMs = 300_000 }: { readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<Answer> {
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined) return answer;
    if (performance.now() > untilMs) throw new Error(`Waited ${timeoutMs / 1_000} s for ${what}, which did not come.`);
    await delay(LOOK_MS, undefined, { signal });
  }
}
