/** The machine that the technique runs on, as far as it is used. Tests and the simulator pass their own; everything else is pure. */
export interface Host {
  /** Wall-clock time in milliseconds since 1970. */
  now(): number;
  /** Calls `fire` once after `delayMs`; the answer cancels it. */
  timer(delayMs: number, fire: () => void): () => void;
  /** A random id, unique per call. */
  id(): string;
  /** A number in [0, 1) for jitter. */
  random(): number;
  /** An environment variable. */
  env(name: string): string | undefined;
}

/** The real machine. */
export const systemHost: Host = {
  now: Date.now,
  timer(delayMs, fire) {
    const handle = setTimeout(fire, delayMs);
    return () => clearTimeout(handle);
  },
  id: () => crypto.randomUUID(),
  random: Math.random,
  env: (name) => process.env[name],
};

/** Resolves after `delayMs` of the host's time. */
export function sleep(host: Host, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    host.timer(delayMs, resolve);
  });
}
