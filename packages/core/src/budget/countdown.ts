import type { Host } from "../host.ts";

/** Options of {@link countdown}. */
interface CountdownOptions {
  readonly host: Pick<Host, "timer">;
  /** Milliseconds left, now. Read again at each look: it may have grown. */
  readonly leftMs: () => number;
  /** Looks at least this often, in milliseconds. Default: one timer for the moment itself. */
  readonly intervalMs?: number | undefined;
  /** Called once when nothing is left; at once, if that is so already. */
  readonly onEnd: () => void;
}

/** Waits until nothing is left, by one timer at a time. Returns what ends the wait. */
export function countdown({ host, leftMs, intervalMs, onEnd }: CountdownOptions): () => void {
  let cancel: (() => void) | undefined;
  const look = () => {
    const left = leftMs();
    if (left <= 0) return onEnd();
    // A timer may fire up to a millisecond early; look again rather than end early.
    cancel = host.timer(Math.ceil(Math.min(left, intervalMs ?? left)), look);
  };
  look();
  return () => cancel?.();
}
