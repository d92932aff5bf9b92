/** Errors of a stream whose reader has gone. */
const READER_GONE = new Set(["EPIPE", "ERR_STREAM_DESTROYED"]);

/** The exit code by which a shell reports a program that SIGPIPE ended; Node ignores that signal. */
const EXIT_BROKEN_PIPE = 141;

/** Streams that are looked after. */
const known = new WeakSet<object>();

/** Stops whatever is running, before the process ends. */
const running = new Set<() => Promise<void>>();

/**
 * Ends the process without a word when nobody reads what it says any more, as `head` does not after its lines. Any other
 * error of the stream is thrown.
 */
export function endOnBrokenPipe(
  streams: readonly NodeJS.EventEmitter[] = [process.stdout, process.stderr],
  end: () => void = endProcess,
): void {
  let isEnding = false;
  for (const stream of streams) {
    if (known.has(stream)) continue;
    known.add(stream);
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!READER_GONE.has(error.code ?? "")) throw error;
      if (isEnding) return;
      isEnding = true;
      end();
    });
  }
}

/** Has something stopped before a broken pipe ends the process. */
export function stopOnBrokenPipe(stop: () => Promise<void>): void {
  running.add(stop);
}

function endProcess(): void {
  const stopped = Promise.allSettled([...running].map((stop) => stop()));
  void stopped.then(() => process.exit(EXIT_BROKEN_PIPE));
}
