/** One event of a log group. */
export interface LogEvent {
  /** Unique and growing within its group. */
  readonly id: number;
  readonly stream: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly message: string;
}

/** A log stream: what one function instance logged. */
export interface LogStream {
  readonly name: string;
  readonly createdAtMs: number;
  firstAtMs: number;
  lastAtMs: number;
}

/** The log group of a function. */
export interface LogGroup {
  readonly name: string;
  readonly createdAtMs: number;
  /** Streams by name. */
  readonly streams: ReadonlyMap<string, LogStream>;
  /** Oldest first. */
  readonly events: readonly LogEvent[];
}

/** Limit of a group: older events are forgotten. A million lines of a busy function must not fill a laptop. */
const MAX_GROUP_BYTES = 32 * 1024 * 1024;
/** Around the text of an event, roughly. */
const EVENT_BYTES = 100;

/** Log groups in memory; each holds its newest events. */
export class LogGroups {
  readonly #groups = new Map<string, MutableGroup>();
  readonly #maxGroupBytes: number;
  constructor(maxGroupBytes = MAX_GROUP_BYTES) {
    this.#maxGroupBytes = maxGroupBytes;
  }

  /** Adds an event to a stream; group and stream come into being with it. */
  add(group: string, stream: string, atMs: number, message: string): void {
    let into = this.#groups.get(group);
    if (!into) {
      into = new MutableGroup(group, atMs, this.#maxGroupBytes);
      this.#groups.set(group, into);
    }
    into.add(stream, atMs, message);
  }

  get(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  /** All groups, by name. */
  list(): readonly LogGroup[] {
    return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

class MutableGroup implements LogGroup {
  readonly streams = new Map<string, LogStream>();
  readonly events: LogEvent[] = [];
  readonly name: string;
  readonly createdAtMs: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #nextId = 0;
  constructor(name: string, createdAtMs: number, maxBytes: number) {
    this.name = name;
    this.createdAtMs = createdAtMs;
    this.#maxBytes = maxBytes;
  }

  add(stream: string, atMs: number, message: string): void {
    const known = this.streams.get(stream);
    if (known) known.lastAtMs = atMs;
    else this.streams.set(stream, { name: stream, createdAtMs: atMs, firstAtMs: atMs, lastAtMs: atMs });
    this.events.push({ id: this.#nextId++, stream, atMs, message });
    this.#bytes += sizeOf(message);
    if (this.#bytes > this.#maxBytes) this.#forget();
  }

  /** Forgets the older half, so that it is rarely done. */
  #forget(): void {
    let count = 0;
    while (this.#bytes > this.#maxBytes / 2 && count < this.events.length - 1) {
      this.#bytes -= sizeOf(this.events[count]?.message ?? "");
      count++;
    }
    this.events.splice(0, count);
    const left = new Set(this.events.map(({ stream }) => stream));
    for (const name of this.streams.keys()) if (!left.has(name)) this.streams.delete(name);
  }
}

function sizeOf(message: string): number {
  return 2 * message.length + EVENT_BYTES;
}
