import type { BeginRefusal, RunRecord } from "@longhaul/core/store";
import { WORLD_BEGINS_MS } from "@longhaul/core/testing";
import { formatDuration } from "../../../packages/cli/src/report/format.ts";
import type { PlayEnd, WatchedEvent } from "./watched.ts";

/** The end of an invocation. */
export type BarEnd =
  | "continued"
  | "done"
  | "stopped"
  | "paused"
  | "sleeping"
  | "failed"
  | "duplicate"
  | "killed"
  | "timeout"
  | "threw";

/** One invocation, as the timeline draws it. Times are virtual milliseconds since the beginning. */
export interface Bar {
  readonly invocation: number;
  readonly hop: number;
  /** Number of its run, from 1, by the order in which runs began; `undefined` until its record says which it is. */
  runNumber: number | undefined;
  readonly container: number | undefined;
  readonly version: number;
  readonly isCold: boolean;
  readonly fromMs: number;
  readonly deadlineMs: number;
  /** Of its hop; more than 1 after a crash. */
  attempt: number;
  /** When it ended; infinite while it runs. */
  toMs: number;
  end: BarEnd | undefined;
  /** Until when the run sleeps, if it fell asleep at the end of it. */
  wakeAtMs?: number;
  /** When items were done. */
  readonly items: number[];
  /** When its safe points became durable. */
  readonly saves: number[];
  /** From and until when its process stood still. */
  readonly freezes: (readonly [fromMs: number, toMs: number])[];
}

/** An attempt that was told that it is not the run's. */
export interface Refused {
  readonly atMs: number;
  readonly invocation: number | undefined;
  readonly hop: number;
  readonly refusal: BeginRefusal | "fenced";
  readonly why: string;
}

/** A line of what happened. */
export interface Line {
  readonly atMs: number;
  readonly tone: "plain" | "good" | "bad" | "asked";
  readonly text: string;
}

/** The record from a moment on. */
interface Snapshot {
  readonly atMs: number;
  readonly record: RunRecord;
}

/** The lease at a moment. */
export interface Lease {
  readonly hop: number;
  /** The invocation that holds it, if the trace names it. */
  readonly invocation: number | undefined;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A simulation as far as it is told, ready to be shown at any moment of its time. */
export class Play {
  /** By the time they began. */
  readonly bars: Bar[] = [];
  readonly refused: Refused[] = [];
  readonly lines: Line[] = [];
  /** When the reader did something, and what. */
  readonly asked: { readonly atMs: number; readonly ask: string }[] = [];
  /** The writes that the store was asked for: when. */
  readonly writes: number[] = [];
  /** Of the first run. */
  readonly snapshots: Snapshot[] = [];
  /** When each run began, by the first write of its record. */
  readonly runsBegan: number[] = [];
  /** The latest event's time. */
  toldMs = 0;
  end: PlayEnd | undefined;
  readonly #open = new Map<number, Bar>();
  readonly #invocationOfOwner = new Map<string, number>();
  /** By their numbers. */
  readonly #runs: string[] = [];
  /** The record of each run as it is now. */
  readonly #records = new Map<string, RunRecord>();
  readonly #itemAt: number[] = [];
  /** Different items until the one of the same index. */
  readonly #different: number[] = [];
  readonly #timesDone = new Map<unknown, number>();
  readonly #repeated: number[] = [];

  /** Takes what happened next. */
  add(events: readonly WatchedEvent[]): void {
    for (const event of events) this.#see(event);
  }

  /** Runs that had begun at a moment. */
  begunRunsAt(atMs: number): number {
    return countUntil(this.runsBegan, atMs, (at) => at);
  }

  /** Invocations that had begun at a moment. */
  begunAt(atMs: number): number {
    return countUntil(this.bars, atMs, ({ fromMs }) => fromMs);
  }

  /** Items that were done at a moment, and how many of them more than once. */
  itemsAt(atMs: number): { readonly done: number; readonly repeated: number } {
    const count = countUntil(this.#itemAt, atMs, (at) => at);
    return { done: this.#different[count - 1] ?? 0, repeated: this.#repeated[count - 1] ?? 0 };
  }

  recordAt(atMs: number): RunRecord | undefined {
    return this.snapshots[countUntil(this.snapshots, atMs, (snapshot) => snapshot.atMs) - 1]?.record;
  }

  leaseAt(atMs: number): Lease | undefined {
    const record = this.recordAt(atMs);
    if (record?.phase !== "running" || record.owner === undefined) return undefined;
    const invocation = this.#invocationOfOwner.get(record.owner);
    return {
      hop: record.hop,
      invocation,
      fromMs: this.#barOf(invocation)?.fromMs ?? record.heartbeatAtMs - WORLD_BEGINS_MS,
      untilMs: record.leaseUntilMs - WORLD_BEGINS_MS,
    };
  }

  /** The invocation that runs at a moment and began last. */
  runningAt(atMs: number): Bar | undefined {
    for (let index = this.begunAt(atMs) - 1, looked = 0; index >= 0 && looked < 60; index--, looked++) {
      const bar = this.bars[index]!;
      if (bar.toMs > atMs) return bar;
    }
    return undefined;
  }

  /** The last entries until a moment, the latest first. */
  latest<Entry extends { readonly atMs: number }>(entries: readonly Entry[], atMs: number, most: number): Entry[] {
    const count = countUntil(entries, atMs, (entry) => entry.atMs);
    return entries.slice(Math.max(0, count - most), count).reverse();
  }

  #barOf(invocation: number | undefined): Bar | undefined {
    // Invocations are numbered when they start, and begin in nearly the same order.
    if (invocation === undefined) return undefined;
    const guess = this.bars[invocation - 1];
    return guess?.invocation === invocation ? guess : this.bars.find((bar) => bar.invocation === invocation);
  }

  #keep(atMs: number, record: RunRecord): void {
    this.#records.set(record.run, record);
    if (this.#numberOf(record.run, atMs) === 1) this.snapshots.push({ atMs, record });
  }

  #numberOf(run: string, atMs: number): number {
    const known = this.#runs.indexOf(run);
    if (known >= 0) return known + 1;
    this.runsBegan.push(atMs);
    return this.#runs.push(run);
  }

  #say(atMs: number, tone: Line["tone"], text: string): void {
    this.lines.push({ atMs, tone, text });
  }

  #see(event: WatchedEvent): void {
    const { at, invocation = 0 } = event;
    this.toldMs = at;
    if (event.record) this.#keep(at, event.record);
    switch (event.type) {
      case "invoked": {
        const bar: Bar = {
          invocation,
          hop: event.hop ?? 0,
          runNumber: undefined,
          container: event.container,
          version: event.version,
          isCold: event.isCold,
          fromMs: at,
          deadlineMs: event.deadlineAt,
          attempt: event.retry + 1,
          toMs: Number.POSITIVE_INFINITY,
          end: undefined,
          items: [],
          saves: [],
          freezes: [],
        };
        this.bars.push(bar);
        this.#open.set(invocation, bar);
        if (event.retry > 0) this.#say(at, "plain", `Lambda's retry ${event.retry} of hop ${bar.hop} begins`);
        return;
      }
      case "kept":
        this.writes.push(at);
        return;
      case "told":
        this.#say(at, event.tone, event.text);
        return;
      case "effect":
        if (event.isAccepted) this.#item(at, event.value, invocation);
        else this.#say(at, "bad", `The effect of item ${String(event.value)} was refused by its fence`);
        return;
      case "write":
        this.#write(event);
        return;
      case "returned":
        this.#returned(event);
        return;
      case "threw":
        this.#close(invocation, at, "threw");
        this.#say(at, "bad", `Hop ${event.hop} threw: ${short(event.error)}`);
        return;
      case "timed-out":
        this.#close(invocation, at, "timeout");
        this.#say(at, "bad", `Hop ${event.hop} ran into the timeout and was killed`);
        return;
      case "crashed":
        for (const bar of this.#open.values()) {
          if (bar.container === event.container) this.#close(bar.invocation, at, "killed");
        }
        this.#say(at, "bad", event.hop === undefined ? "A process died" : `The process of hop ${event.hop} died`);
        return;
      case "sent":
        if (event.deliveries === 0) this.#say(at, "bad", `The hand-off to hop ${event.forHop} was lost`);
        else if (event.by === "sweeper")
          this.#say(at, "good", `The sweeper sent the event of hop ${event.forHop} again`);
        return;
      case "on-failure":
        this.#say(at, "bad", `Lambda gave the event of hop ${event.hop} up after its retries`);
        return;
      case "fault":
        this.#fault(event);
        return;
      case "asked":
        this.asked.push({ atMs: at, ask: event.ask });
        this.#say(
          at,
          "asked",
          `You: ${WORDS_OF_ASKS[event.ask]}${event.isTaken ? toWhere(event) : ". There was nothing to do it to"}`,
        );
        return;
    }
  }

  #item(atMs: number, item: unknown, invocation: number): void {
    this.#open.get(invocation)?.items.push(atMs);
    const times = (this.#timesDone.get(item) ?? 0) + 1;
    this.#timesDone.set(item, times);
    this.#itemAt.push(atMs);
    this.#different.push((this.#different.at(-1) ?? 0) + (times === 1 ? 1 : 0));
    this.#repeated.push((this.#repeated.at(-1) ?? 0) + (times === 2 ? 1 : 0));
  }

  #write(event: Extract<WatchedEvent, { type: "write" }>): void {
    const { at, invocation = 0, op, answer, owner, writeHop, attempt } = event;
    this.writes.push(at);
    const bar = this.#open.get(invocation);
    if (bar && op === "begin") bar.runNumber = this.#numberOf(event.run, at);
    if (op === "begin" && answer !== "refused") {
      this.#invocationOfOwner.set(owner, invocation);
      if (bar && attempt !== undefined) bar.attempt = attempt;
      if (bar && attempt !== undefined && attempt > 1) {
        this.#say(
          at,
          "good",
          `Attempt ${attempt} of hop ${writeHop} takes the lease and continues from the last checkpoint`,
        );
      }
    }
    if (op === "checkpoint" && answer === "accepted") bar?.saves.push(at);
    if (op === "handOff" && answer === "accepted" && bar && event.wakeAt !== undefined) bar.wakeAtMs = event.wakeAt;
    if (op === "begin" && answer === "refused" && event.refusal) {
      const refusal = event.refusal as BeginRefusal;
      const why = whyRefused(refusal, writeHop, this.#records.get(event.run));
      this.refused.push({ atMs: at, invocation, hop: writeHop, refusal, why });
      this.#say(at, "good", `A duplicate of hop ${writeHop} was refused: ${refusal}`);
    }
  }

  #returned(event: Extract<WatchedEvent, { type: "returned" }>): void {
    const { at, invocation = 0, hop = 0, status, why } = event;
    const bar = this.#open.get(invocation);
    const isFenced = status === "duplicate" && why === "fenced";
    const record = this.#records.get(this.#runs[(bar?.runNumber ?? 1) - 1] ?? "");
    // A loop whose token was taken: nobody else works for it.
    const isEnded = isFenced && record?.phase === "stopped";
    this.#close(invocation, at, isEnded ? "stopped" : status);
    if (isEnded) {
      this.#say(
        at,
        "good",
        `${this.#nameOf(bar, hop)}: its record says “stopped”, so it finished its messages and ended`,
      );
      return;
    }
    if (isFenced) {
      this.refused.push({ atMs: at, invocation, hop, refusal: "fenced", why: whyRefused("fenced", hop, record) });
      this.#say(at, "good", `An attempt of hop ${hop} had lost the run and was fenced`);
      return;
    }
    const who = this.#nameOf(bar, hop);
    if (status === "sleeping")
      this.#say(at, "plain", `${who}: the run sleeps until ${formatDuration(bar?.wakeAtMs ?? at)}`);
    else if (status === "continued") this.#say(at, "plain", `${who} handed off; ${continues(why)}`);
    else if (status !== "duplicate") this.#say(at, status === "done" ? "good" : "bad", `${who}: ${short(why)}`);
  }

  /** A hop, with its run if there are several. */
  #nameOf(bar: Bar | undefined, hop: number): string {
    const run = this.runsBegan.length > 1 ? bar?.runNumber : undefined;
    return run === undefined ? `Hop ${hop}` : `Run ${run}, hop ${hop}`;
  }

  #fault({ at, kind, detail, hop, invocation = 0 }: Extract<WatchedEvent, { type: "fault" }>): void {
    if (kind === "stalls") {
      const forMs = Number.parseFloat(detail);
      this.#open.get(invocation)?.freezes.push([at, at + forMs]);
      this.#say(at, "bad", `The process of hop ${hop} froze for ${formatDuration(forMs)}`);
    } else if (kind === "stuckStep") {
      this.#say(at, "bad", `An item of hop ${hop} hangs for ${formatDuration(Number.parseFloat(detail))}`);
    } else if (kind === "duplicated") {
      this.#say(at, "bad", `The event of hop ${hop} will arrive twice`);
    } else if (kind === "throttled") {
      if (this.lines.at(-1)?.text !== throttledText(hop)) this.#say(at, "bad", throttledText(hop));
    } else if (kind === "storeFailsAfter") {
      this.#say(at, "bad", `The answer to ${detail} was lost; the write was made`);
    }
  }

  #close(invocation: number, atMs: number, end: BarEnd): void {
    const bar = this.#open.get(invocation);
    if (!bar) return;
    bar.toMs = atMs;
    bar.end = end;
    this.#open.delete(invocation);
  }
}

const throttledText = (hop: number | undefined) => `The invoke of hop ${hop} was throttled; the event waits`;

const WORDS_OF_ASKS: Readonly<Record<string, string>> = {
  kill: "killed the process",
  freeze: "froze the process for 3 minutes",
  duplicate: "delivered the last event once more",
  lose: "will lose the next hand-off",
  stop: "asked the run to stop",
  pause: "asked the run to pause",
  resume: "resumed the run",
  rewind: "rewound the run",
  deploy: "deployed a new version",
};

/** The hop that a run was rewound to, and its state. */
function toWhere({ ask, record }: Extract<WatchedEvent, { type: "asked" }>): string {
  if (ask !== "rewind" || !record) return "";
  return ` to hop ${record.hop}; it continues from ${short(record.state ?? "the start")}`;
}

/** The reason for a refusal, in words. */
export function whyRefused(refusal: Refused["refusal"], hop: number, record: RunRecord | undefined): string {
  switch (refusal) {
    case "lease-live": {
      const until = formatDuration((record?.leaseUntilMs ?? WORLD_BEGINS_MS) - WORLD_BEGINS_MS);
      return `Hop ${hop} is already running: another invocation holds its lease until ${until}. This one did nothing.`;
    }
    case "handed-off":
      return `Hop ${hop} has ended and handed off to hop ${record?.hop}, which has not begun. This event is old.`;
    case "sleeping":
      return "The run sleeps, and it is not time for it to go on.";
    case "older":
      return `The record is at hop ${record?.hop}. This event is for hop ${hop}, which was committed before.`;
    case "over":
      return `The run is over: its record says “${record?.phase}”. Nothing is left to do.`;
    case "unknown":
      return `There is no record of this run, and only hop 0 may make one.`;
    case "fenced":
      return `A later attempt took the lease while this one stood still. The store refused its write, so it ended without a trace.`;
  }
}

/** Entries whose time is not after a moment; they are in order. */
export function countUntil<Entry>(entries: readonly Entry[], atMs: number, timeOf: (entry: Entry) => number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(entries[middle]!) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of `to be continued from [{"next":24}]`. */
function continues(message: string): string {
  return short(message.replace(/^to be continued from \[?(.*?)\]?$/, "it continues from $1"));
}

function short(text: string): string {
  return text.length > 90 ? `${text.slice(0, 87)}...` : text;
}
