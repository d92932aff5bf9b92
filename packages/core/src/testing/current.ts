/** A value that belongs to the code that runs now, across its awaits. */
export interface Current<Value> {
  get(): Value | undefined;
  run<Result>(value: Value, work: () => Result): Result;
  /** Nobody's code runs until the next {@link run}. */
  clear(): void;
}

/**
 * Follows code across its awaits by Node's `AsyncLocalStorage`. Where there is none, as in a browser's worker, the value
 * that was set last counts: virtual time fires one timer at a time, so what runs until the next is mostly that timer's code.
 */
export function current<Value>(): Current<Value> {
  const hooks = globalThis.process?.getBuiltinModule?.("node:async_hooks");
  if (!hooks) return lastSet();
  const storage = new hooks.AsyncLocalStorage<Value>();
  return { get: () => storage.getStore(), run: (value, work) => storage.run(value, work), clear() {} };
}

/** {@link current} without Node. */
function lastSet<Value>(): Current<Value> {
  let last: Value | undefined;
  return {
    get: () => last,
    run(value, work) {
      last = value;
      return work();
    },
    clear() {
      last = undefined;
    },
  };
}
