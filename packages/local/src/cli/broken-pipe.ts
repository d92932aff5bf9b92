import { EXIT } from "./command.ts";

/** Errors of a stream whose reader has gone. */
const READER_GONE = new Set(["EPIPE", "ERR_STREAM_DESTROYED"]);

/** Streams that are looked after. */
const known = new WeakSet<object>();

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

/** What runs is stopped as by any other request to end; see `stopOnSignals`. */
function endProcess(): void {
  if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM");
  else process.exit(EXIT.ok);
}
