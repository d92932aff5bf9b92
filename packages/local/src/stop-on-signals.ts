/** Signals that ask a process to end. */
type EndingSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const endingSignals: readonly EndingSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Stops the embedded AWS when the process is asked to end, and then lets the signal end the process as it would have. A
 * second signal ends it at once.
 *
 * @returns what takes the handlers away again.
 */
export function stopOnSignals(aws: { stop(): Promise<void> }): () => void {
  const release = () => {
    for (const signal of endingSignals) process.off(signal, end);
  };
  const end = (signal: EndingSignal) => {
    release();
    const finish = () => void process.kill(process.pid, signal);
    aws.stop().then(finish, finish);
  };
  for (const signal of endingSignals) process.on(signal, end);
  return release;
}
