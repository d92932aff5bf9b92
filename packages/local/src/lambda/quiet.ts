/** Counts what is under way, and tells when nothing is. */
export interface Quiet {
  /** Something begins; call the result once when it is over. */
  hold(): () => void;
  /** Settles as soon as nothing is under way; at once if nothing is. */
  idle(): Promise<void>;
}

/** Creates a counter with nothing under way. */
export function createQuiet(): Quiet {
  let holds = 0;
  let waiting: (() => void)[] = [];
  return {
    hold() {
      holds += 1;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        holds -= 1;
        if (holds > 0) return;
        const listeners = waiting;
        waiting = [];
        for (const listener of listeners) listener();
      };
    },
    idle() {
      return holds === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };
}
