/** A signal that is made of others. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  /** The others are heard no more. */
  leave(): void;
}

/**
 * A signal that is aborted with the first of others, and with its reason. It takes the place of `AbortSignal.any()`, whose
 * signals Node keeps for ever, with all that their listeners hold, as long as a listener is left and none of the others was
 * aborted: https://github.com/nodejs/node/issues/55351. A step may add a listener and never remove it.
 */
export function joinedSignal(others: readonly AbortSignal[]): JoinedSignal {
  const controller = new AbortController();
  const leave = () => {
    for (const other of others) other.removeEventListener("abort", abort);
  };
  const abort = () => {
    leave();
    controller.abort(others.find(({ aborted }) => aborted)?.reason);
  };
  if (others.some(({ aborted }) => aborted)) abort();
  else for (const other of others) other.addEventListener("abort", abort, { once: true });
  return { signal: controller.signal, leave };
}
