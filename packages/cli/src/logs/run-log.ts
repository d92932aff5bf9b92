import { type LoggedEvent, readLogLine } from "./log-line.ts";

/** An event of CloudWatch Logs. */
export interface StreamEvent {
  readonly id: string;
  readonly stream: string;
  readonly atMs: number;
  readonly message: string;
}

/** A line that an invocation of the run wrote. */
export interface RunLogLine {
  readonly at: string;
  readonly hop: number;
  readonly requestId: string;
  /** The log stream: one for each function instance. */
  readonly stream: string;
  readonly message: string;
  /** The event of the run that the line is, if it is one. */
  readonly event?: LoggedEvent | undefined;
}

type TimedLine = RunLogLine & { readonly atMs: number };

/**
 * Finds the lines of one run among those of its function: an invocation belongs to the run if one of its lines is an event
 * of that run. A line that names no invocation is of the one that its instance works on.
 */
export class RunLog {
  readonly #run: string;
  /** The hop of each invocation of the run, by its request id. */
  readonly #hops = new Map<string, number>();
  /** Lines of invocations of which nothing is known yet. */
  readonly #waiting = new Map<string, Omit<TimedLine, "hop">[]>();
  /** The invocation that each instance works on, by its stream. */
  readonly #current = new Map<string, string>();
  #seen: Set<string> = new Set();
  #seenBefore: Set<string> = new Set();
  constructor(run: string) {
    this.#run = run;
  }

  /** Streams whose instance works on the run, as far as is known. */
  get openStreams(): readonly string[] {
    return [...this.#current].filter(([, id]) => this.#hops.has(id)).map(([stream]) => stream);
  }

  /**
   * Takes the events of a while, oldest first, and answers with the lines of the run, oldest first. An event that it was given
   * in this while or the one before is left out.
   */
  add(events: readonly StreamEvent[]): readonly RunLogLine[] {
    const lines: TimedLine[] = [];
    [this.#seenBefore, this.#seen] = [this.#seen, new Set()];
    for (const event of events) {
      const isKnown = this.#seenBefore.has(event.id) || this.#seen.has(event.id);
      this.#seen.add(event.id);
      if (!isKnown) lines.push(...this.#take(event));
    }
    // Lines that waited are older than others which did not.
    return lines.sort((a, b) => a.atMs - b.atMs).map(({ atMs: _, ...line }) => line);
  }

  #take({ stream, atMs, message }: StreamEvent): TimedLine[] {
    const { requestId: named, mark, text, event } = readLogLine(message);
    const requestId = named ?? this.#current.get(stream);
    if (requestId === undefined) return [];
    if (mark === "end") this.#current.delete(stream);
    else if (mark === "start" || named === undefined || !this.#current.has(stream))
      this.#current.set(stream, requestId);
    if (event?.run === this.#run) this.#hops.set(requestId, event.hop);
    const before = this.#waiting.get(requestId) ?? [];
    this.#waiting.delete(requestId);
    const lines = [
      ...before,
      { at: new Date(atMs).toISOString(), requestId, stream, message: text, atMs, ...(event && { event }) },
    ];
    const hop = this.#hops.get(requestId);
    if (hop !== undefined) return lines.map((line) => ({ ...line, hop }));
    if (mark !== "end") this.#waiting.set(requestId, lines);
    return [];
  }
}
