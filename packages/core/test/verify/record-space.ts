import { NO_STATS } from "../../src/recursion/envelope.ts";
import { reasonOf } from "../../src/state/requested-reason.ts";
import type { BeginRefusal, OwnerWrite, RunRecord, RunRequest } from "../../src/state/run-store.ts";
import type { Bounds } from "./bounds.ts";
import type { Protocol } from "./protocol.ts";

/** A tick of the checker's clock. A back-off step of the sweeps is as long. */
export const TICK_MS = 60_000;
/** The time that it always is: a tick moves all times of a record back instead. */
const NOW_MS = 1_000 * TICK_MS;
/** Times further back than this are all the same. */
const PAST_TICKS = 4;
/** A sweep sends what is due for longer than this. */
const OLDER_THAN_TICKS = 1;
/** How long a sleeper sleeps. */
export const SLEEP_TICKS = 2;
/** The epoch that a record always has: what differs from it is out of date. */
const EPOCH = 100;
/** The owners of the invocations, and one that is gone. */
export const OWNERS: readonly string[] = ["a", "b", "c"];
const GONE = "gone";

/** Writes, as they are numbered in a state. */
export const WRITES = ["checkpoint", "handOff", "sleep", "finish", "release", "fail", "stop", "pause"] as const;
export const [CHECKPOINT, HAND_OFF, SLEEP, FINISH, RELEASE, FAIL, STOP, PAUSE] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

/** Operations on a record: the writes, and these. */
export const [BEGIN, RENEW, ASK_STOP, ASK_PAUSE, WITHDRAW, RESUME, REWIND, DELETE, TOLD, POSTPONE, TICK, RENAME] = [
  8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
] as const;

/** The meaning of an operation on a record: each is a pure function, so it is called once for each record and request. */
export interface Effect {
  /** The record afterwards. */
  readonly record: number;
  /** Whether the write was granted. */
  readonly isOk: boolean;
  readonly isChanged: boolean;
  readonly isEpochNew: boolean;
  readonly requested: RunRequest | undefined;
  readonly refusal: BeginRefusal | undefined;
  /** The invariant that it breaks by itself. */
  readonly broken: Broken | undefined;
}

/** An invariant that fell. */
export interface Broken {
  readonly id: string;
  readonly text: string;
}

/** Facts of a request, each a small number. */
export interface Request {
  readonly slot: number;
  readonly hop: number;
  readonly position: number;
  /** Ticks that the caller's clock is ahead. */
  readonly off: number;
  /** Ticks since the request was made. */
  readonly age: number;
  /** Milliseconds that the writes before it in the same tick make it later. */
  readonly ahead: number;
  readonly isStale: boolean;
  /** Ticks from now until which the platform lets the caller live, or its lease lasts. */
  readonly until: number;
}

/** The request of somebody outside. */
export const NO_REQUEST: Request = { slot: 0, hop: 0, position: 0, off: 0, age: 0, ahead: 0, isStale: false, until: 0 };

/** All records that were met, by number, in a form in which only what matters differs. 0 is none. */
export class RecordSpace {
  readonly records: Array<RunRecord | undefined> = [undefined];
  readonly #protocol: Protocol;
  readonly #bounds: Bounds;
  readonly #numbers = new Map<string, number>();
  /** By record, then by operation and request. */
  readonly #effects: Array<Map<number, Effect>> = [];

  constructor(protocol: Protocol, bounds: Bounds) {
    this.#protocol = protocol;
    this.#bounds = bounds;
  }

  /** The record of a run that was made before its first hop begins. */
  create(): number {
    const request = { run: "run", nowMs: NOW_MS, startedAtMs: 0, target: "arn", event: "{}" };
    return this.#numberOf(this.#protocol.create(request), BEGIN, NO_REQUEST);
  }

  /** The effect of an operation on a record. */
  apply(operation: number, record: number, request: Request = NO_REQUEST): Effect {
    const { slot, hop, position, off, age, ahead, isStale, until } = request;
    const rest = (((slot * 4 + hop) * 4 + position) * 2 + off) * 4 + age;
    const key = (((operation * 512 + rest) * 4 + ahead) * 4 + until) * 2 + (isStale ? 1 : 0);
    this.#effects[record] ??= new Map();
    const effects = this.#effects[record];
    let effect = effects.get(key);
    if (!effect) {
      effect = this.#compute(operation, record, request);
      effects.set(key, effect);
    }
    return effect;
  }

  #compute(operation: number, number: number, request: Request): Effect {
    const before = this.records[number];
    const answer = this.#call(operation, before, request);
    const after = answer.record;
    const numbered = after === before ? number : this.#numberOf(after, operation, request);
    const broken = answer.isOk ? brokenBy(operation, before, after, request, this.#protocol) : undefined;
    return {
      record: answer.isOk ? numbered : number,
      isOk: answer.isOk,
      isChanged: answer.isOk && after !== before,
      isEpochNew: answer.isOk && after?.epoch !== before?.epoch,
      requested: answer.isOk ? after?.requested : undefined,
      refusal: answer.refusal,
      broken,
    };
  }

  #call(
    operation: number,
    record: RunRecord | undefined,
    request: Request,
  ): { isOk: boolean; record: RunRecord | undefined; refusal?: BeginRefusal } {
    const { hop, position, slot } = request;
    const { hasHistory, tellsEnd } = this.#bounds;
    const protocol = this.#protocol;
    const nowMs = NOW_MS + (request.off - request.age) * TICK_MS + request.ahead;
    const write: OwnerWrite = {
      run: "run",
      hop,
      owner: OWNERS[slot]!,
      epoch: request.isStale ? EPOCH - 1 : EPOCH,
      nowMs,
    };
    const state = String(position);
    const stats = NO_STATS;
    const of = (next: RunRecord | undefined) => ({ isOk: next !== undefined, record: next });
    switch (operation) {
      case BEGIN: {
        const leaseUntilMs = protocol.leaseEnd(this.#terms(this.#bounds.invocationTicks), nowMs);
        const answer = protocol.begin(record, {
          ...{ run: "run", hop, owner: write.owner, nowMs, leaseUntilMs },
          ...{ skewMs: this.#bounds.isSkewed ? TICK_MS : 0, startedAtMs: 0, target: "arn", event: "{}" },
          ...{ tellsEnd, keepsHistory: hasHistory },
        });
        return answer.ok ? { isOk: true, record: answer.record } : { isOk: false, record, refusal: answer.refusal };
      }
      case RENEW:
        return of(protocol.renew(record, { ...write, leaseUntilMs: this.#renewed(request) }));
      case CHECKPOINT: {
        const leaseUntilMs = this.#bounds.heartbeatTicks === undefined ? undefined : this.#renewed(request);
        return of(
          protocol.checkpoint(record, { ...write, state, stats, ...(leaseUntilMs !== undefined && { leaseUntilMs }) }),
        );
      }
      case HAND_OFF:
      case SLEEP: {
        const wakeAtMs = operation === SLEEP ? NOW_MS + (request.off - request.age + SLEEP_TICKS) * TICK_MS : undefined;
        const next = { hop: hop + 1, epoch: write.epoch };
        const history = hasHistory ? protocol.withHop(record?.history, next, 4).history : undefined;
        return of(protocol.handOff(record, { ...write, state, stats, wakeAtMs, history }));
      }
      case FINISH:
        return of(protocol.finish(record, { ...write, phase: "done", stats, tellsEnd, result: state }));
      case FAIL: {
        const reason = { code: "FAILED", message: "" };
        return of(protocol.finish(record, { ...write, phase: "failed", stats, state, tellsEnd, reason }));
      }
      case STOP:
      case PAUSE: {
        const phase = operation === STOP ? "stopped" : "paused";
        const reason = reasonOf(operation === STOP ? "stop" : "pause");
        return of(
          protocol.finish(record, { ...write, phase, stats, tellsEnd: tellsEnd && phase === "stopped", reason }),
        );
      }
      case RELEASE:
        return of(protocol.release(record, { ...write, state, failures: 0, stats }));
      case ASK_STOP:
        return of(protocol.ask(record, "stop", nowMs));
      case ASK_PAUSE:
        return of(protocol.ask(record, "pause", nowMs));
      case WITHDRAW:
        return of(protocol.ask(record, undefined, nowMs));
      case RESUME:
        return of(protocol.resumeRecord(record, nowMs));
      case REWIND: {
        const entry = record?.history?.hops.find((each) => each.hop === hop);
        if (!entry) return of(undefined);
        return of(protocol.rewindRecord(record, { run: "run", entry, state: hop === 0 ? undefined : state, nowMs }));
      }
      case DELETE:
        return of(protocol.erase(record, nowMs));
      case TOLD:
        return of(protocol.told(record, write.epoch));
      case POSTPONE:
        return of(protocol.postpone(record, { beforeMs: NOW_MS - OLDER_THAN_TICKS * TICK_MS, nowMs: NOW_MS }));
      default:
        return { isOk: true, record: record && { ...record } };
    }
  }

  #terms(ticks: number) {
    const { heartbeatTicks } = this.#bounds;
    const heartbeatMs = heartbeatTicks === undefined ? undefined : (heartbeatTicks * TICK_MS) / 3;
    return { remainingMs: () => ticks * TICK_MS, heartbeatMs };
  }

  /** The end of a renewed lease. The milliseconds that tell writes of one tick apart do not count. */
  #renewed({ off, age, until }: Request): number {
    return this.#protocol.leaseEnd(this.#terms(until + age), NOW_MS + (off - age) * TICK_MS);
  }

  /** The number of a record, after a tick or with other names for its owners if it is that. */
  #numberOf(record: RunRecord | undefined, operation: number, { slot, hop }: Request): number {
    if (!record) return 0;
    const byMs = operation === TICK ? TICK_MS : 0;
    const rename = (owner: string | undefined): string | undefined => {
      if (operation !== RENAME || owner === undefined) return owner;
      if (owner === OWNERS[slot]) return hop === 3 ? GONE : OWNERS[hop];
      return hop !== 3 && owner === OWNERS[hop] ? OWNERS[slot] : owner;
    };
    const normal = normalRecord(record, byMs, rename);
    const key = JSON.stringify(normal);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.records.push(normal) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** Whether the run has ended or waits, and nobody is to be told of it. */
  isSettled(number: number): boolean {
    const record = this.records[number];
    return !record || (this.#protocol.isAtRest(record) && record.atEnd !== "telling");
  }

  isDue(number: number): boolean {
    const record = this.records[number];
    return record !== undefined && this.#protocol.isDue(record, { beforeMs: NOW_MS - OLDER_THAN_TICKS * TICK_MS });
  }
}

/** The invariant that an operation breaks by itself. */
function brokenBy(
  operation: number,
  before: RunRecord | undefined,
  after: RunRecord | undefined,
  request: Request,
  { isAtRest }: Protocol,
): Broken | undefined {
  if (!before || !after || before === after || operation === TICK || operation === RENAME) return undefined;
  const isAllowed = operation === RESUME || operation === REWIND || operation === DELETE;
  if (operation === BEGIN && before.phase === "running" && before.owner === OWNERS[request.slot]) {
    return { id: "V12", text: "a begin that was made again changed the record" };
  }
  if (before.phase === "done" && after.phase !== "done" && operation !== REWIND && operation !== DELETE) {
    return { id: "V3", text: `a run that was done is ${after.phase}` };
  }
  if (before.phase === "deleted") return { id: "V3", text: `a run that was deleted is ${after.phase}` };
  if (after.hop < before.hop && operation !== REWIND) {
    return { id: "V4", text: `the hop fell from ${before.hop} to ${after.hop}` };
  }
  if (operation === BEGIN && after.hop !== request.hop) {
    return { id: "V4", text: `a begin of hop ${request.hop} takes the lease of hop ${after.hop}` };
  }
  const isNew = operation === BEGIN || operation === RESUME || operation === REWIND;
  if (after.epoch < before.epoch || (isNew && after.epoch === before.epoch)) {
    return { id: "V5", text: `the epoch went from ${before.epoch} to ${after.epoch}` };
  }
  const isKept = before.phase === "stopped" || before.phase === "paused" || before.phase === "failed";
  if (isKept && !isAllowed && after.phase !== before.phase && isAtRest(before)) {
    return { id: "V8", text: `a run that was ${before.phase} is ${after.phase}, and nobody resumed it` };
  }
  return undefined;
}

/** The record with what matters alone: times from now on, epochs relative to its own, counts up to where all is the same. */
function normalRecord(
  record: RunRecord,
  byMs: number,
  rename: (owner: string | undefined) => string | undefined,
): RunRecord {
  const { phase, hop, history, rewinds, dueAtMs, wakeAtMs, backOffMs, state, requested, reason, atEnd } = record;
  const time = (ms: number) => Math.max(ms - byMs, NOW_MS - PAST_TICKS * TICK_MS);
  const whole = (ms: number) => Math.floor(time(ms) / TICK_MS) * TICK_MS;
  const isRunning = phase === "running";
  const owner = rename(record.owner);
  const lastOwner = rename(record.lastOwner);
  return {
    run: "run",
    hop,
    attempt: Math.min(record.attempt, 1),
    epoch: EPOCH,
    failures: Math.min(record.failures, 1),
    phase,
    ...(owner !== undefined && { owner }),
    ...(lastOwner !== undefined && lastOwner !== GONE && { lastOwner }),
    leaseUntilMs: isRunning ? time(record.leaseUntilMs) : record.leaseUntilMs,
    heartbeatAtMs: isRunning ? time(record.heartbeatAtMs) : 0,
    ...(dueAtMs !== undefined && { dueAtMs: whole(dueAtMs) }),
    ...(wakeAtMs !== undefined && { wakeAtMs: Math.max(time(wakeAtMs), NOW_MS - TICK_MS) }),
    ...(backOffMs !== undefined && { backOffMs: Math.min(backOffMs, TICK_MS) }),
    startedAtMs: 0,
    changedAtMs: 0,
    target: "arn",
    event: "{}",
    ...(state !== undefined && { state }),
    stats: NO_STATS,
    ...(history && { history: { slots: history.slots, hops: history.hops.map((entry) => ({ ...entry, epoch: 0 })) } }),
    ...(rewinds !== undefined && { rewinds: 1 }),
    ...(atEnd && { atEnd }),
    ...(requested && { requested }),
    ...(reason && { reason: { code: reason.code, message: "" } }),
  };
}
