import type { Bounds, Outside } from "./bounds.ts";
import type { Protocol } from "./protocol.ts";
import * as space from "./record-space.ts";
import { type Broken, type Effect, NO_REQUEST, RecordSpace, type Request } from "./record-space.ts";
import {
  ASKS,
  BEGINS,
  DEAD,
  EVENTS,
  get,
  IDLE,
  INVOCATION,
  LATE_BEGIN,
  RUNS,
  SENDS,
  SHARED,
  set,
  TELLS,
  WRITES,
} from "./state-layout.ts";

/** The kinds of steps between two states. */
export const ACTIONS = [
  "event arrives",
  "event arrives, and will once more",
  "event is lost",
  "begins",
  "begins, and the answer is lost",
  "gives up on a begin, which arrives later, and makes it again",
  "chooses to write",
  "renews",
  "renews, and the answer is lost",
  "writes",
  "writes, and the answer is lost",
  "gives up on a write, which arrives later, and makes it again",
  "its late write arrives",
  "sends the next event",
  "asks the sleeper what was asked of the run",
  "reports the end",
  "dies, and the platform sends its event again",
  "dies",
  "sweep sends the event",
  "sweep dies before it sends the event",
  "a tick passes",
  "a tick passes, and events of killed invocations are sent again",
  "stop",
  "pause",
  "withdraw",
  "resume",
  "rewind",
  "delete",
] as const;
const ARRIVES = 0;
const ARRIVES_TWICE = 1;
const EVENT_LOST = 2;
const BEGUN = 3;
const BEGUN_UNKNOWN = 4;
const BEGIN_LATE = 5;
const CHOOSES = 6;
const RENEWS = 7;
const RENEWS_UNKNOWN = 8;
const WRITTEN = 9;
const WRITTEN_UNKNOWN = 10;
const WRITE_LATE = 11;
const LATE_ARRIVES = 12;
const SENT = 13;
const ASKED = 14;
const TOLD = 15;
const DIES_RETRIED = 16;
const DIES = 17;
const SWEEP = 18;
const SWEEP_DIES = 19;
const TICKS = 20;
const TICKS_RETRIED = 21;
const OUTSIDE = 22;

const OUTSIDERS: readonly (readonly [Outside, (typeof SHARED)["stop"], number])[] = [
  ["stop", SHARED.stop, space.ASK_STOP],
  ["pause", SHARED.pause, space.ASK_PAUSE],
  ["withdraw", SHARED.withdraw, space.WITHDRAW],
  ["resume", SHARED.resume, space.RESUME],
  ["rewind", SHARED.rewind, space.REWIND],
  ["delete", SHARED.delete, space.DELETE],
];

/** The order of the fair schedule: work under way, then events, then sweeps, then time. */
const [OWN, DELIVERY, SWEPT, TIME, NEVER] = [0, 1, 2, 3, 9] as const;
/** Of `SHARED.wake`: nobody sleeps. */
const AWAKE = 7;
/** Words of a state before those of its invocations. */
const FIRST = 2;

/** The numbers of an action: what, who, and with which value. */
export const actionOf = (code: number) => ({ action: code >> 6, slot: (code >> 4) & 3, value: code & 15 });

/** Takes a state that follows. Called with the model's `next` filled in; `rank` says how much a fair schedule prefers it. */
export type Emit = (code: number, rank: number, broken: Broken | undefined) => void;

/** One run, its record as the shipped functions make it, and all that may happen to it. */
export class Model {
  readonly space: RecordSpace;
  readonly bounds: Bounds;
  readonly words: number;
  /** The state that follows, as {@link Emit} finds it: the record, what is shared, the invocations. */
  readonly next: number[];
  #now: readonly number[] = [];
  #broken: Broken | undefined;
  #emit: Emit = () => {};

  constructor(bounds: Bounds, protocol: Protocol) {
    this.bounds = bounds;
    this.space = new RecordSpace(protocol, bounds);
    this.words = FIRST + bounds.invocations;
    this.next = Array.from({ length: this.words }, () => 0);
  }

  /** The first state: either the event of hop 0 is under way, or there is a record. */
  first(): number[] {
    const { isCreated, faults } = this.bounds;
    let shared = set(set(0, SHARED.events0, isCreated ? 0 : 1), SHARED.faults, faults);
    for (const [name, field] of OUTSIDERS) shared = set(shared, field, this.bounds.outside[name] ?? 0);
    if (this.bounds.maySleep) shared = set(shared, SHARED.sleeps, 1);
    shared = set(shared, SHARED.wake, AWAKE);
    return [isCreated ? this.space.create() : 0, shared, ...Array.from({ length: this.bounds.invocations }, () => 0)];
  }

  /** Whether nothing is left to happen that must. */
  isSettled(state: readonly number[]): boolean {
    return this.space.isSettled(state[0]!);
  }

  /** Emits all states that follow. */
  expand(state: readonly number[], emit: Emit): void {
    this.#now = state;
    this.#emit = emit;
    const shared = state[1]!;
    for (let slot = 0; slot < this.bounds.invocations; slot++) this.#invocation(slot, state[FIRST + slot]!);
    this.#deliveries(shared);
    if (this.space.isDue(state[0]!)) {
      this.#reset();
      this.#effect(space.POSTPONE);
      const hop = this.space.records[state[0]!]!.hop;
      if (this.#fault()) this.#done(SWEEP_DIES, 0, NEVER);
      this.#reset();
      this.#effect(space.POSTPONE);
      this.#send(hop);
      this.#done(SWEEP, 0, SWEPT, hop);
    }
    this.#outside(shared);
    this.#tick();
  }

  /** Puts the invocations of `next` in order; those that are alike are the same. Answers with where each came from. */
  normalize(): number[] | undefined {
    const { next } = this;
    let places: number[] | undefined;
    for (let end = this.words - 1; end > FIRST; end--) {
      for (let at = FIRST; at < end; at++) {
        const [one, other] = [next[at]!, next[at + 1]!];
        if (one >= other) continue;
        const slot = at - FIRST;
        next[at] = other;
        next[at + 1] = one;
        next[0] = this.space.apply(space.RENAME, next[0]!, { ...NO_REQUEST, slot, hop: slot + 1 }).record;
        const holder = get(next[1]!, SHARED.holder);
        if (holder === slot + 1) this.#share(SHARED.holder, slot + 2);
        else if (holder === slot + 2) this.#share(SHARED.holder, slot + 1);
        places ??= Array.from({ length: this.bounds.invocations }, (_, index) => index);
        [places[slot], places[slot + 1]] = [places[slot + 1]!, places[slot]!];
      }
    }
    return places;
  }

  #reset(): void {
    for (let at = 0; at < this.words; at++) this.next[at] = this.#now[at]!;
    this.#broken = undefined;
  }

  #share(field: (typeof SHARED)["holder"], value: number): void {
    this.next[1] = set(this.next[1]!, field, value);
  }

  #put(slot: number, field: (typeof INVOCATION)["does"], value: number): void {
    this.next[FIRST + slot] = set(this.next[FIRST + slot]!, field, value);
  }

  #of(slot: number, field: (typeof INVOCATION)["does"]): number {
    return get(this.next[FIRST + slot]!, field);
  }

  /** Spends a fault, if one is left. */
  #fault(): boolean {
    const left = get(this.next[1]!, SHARED.faults);
    if (left === 0) return false;
    this.#share(SHARED.faults, left - 1);
    return true;
  }

  #send(hop: number): void {
    const field = EVENTS[hop];
    if (field) this.#share(field, Math.min(2, get(this.next[1]!, field) + 1));
  }

  #breaks(id: string, text: string): void {
    this.#broken ??= { id, text };
  }

  #done(action: number, slot: number, rank: number, value = 0): void {
    let holders = 0;
    for (let at = 0; at < this.bounds.invocations; at++) {
      const word = this.next[FIRST + at]!;
      if (get(word, INVOCATION.does) !== RUNS || get(word, INVOCATION.isRewound) === 1) continue;
      if (this.bounds.heartbeatTicks === undefined || get(word, INVOCATION.lease) > 0) holders++;
    }
    if (holders > 1) this.#breaks("V1", `${holders} invocations may begin steps at once`);
    this.#emit((action << 6) | (slot << 4) | value, rank, this.#broken);
  }

  /** Applies an operation to the record, and what follows from it for those who know the record. */
  #effect(operation: number, request?: Request): Effect {
    const effect = this.space.apply(operation, this.next[0]!, request);
    this.next[0] = effect.record;
    if (effect.broken) this.#broken ??= effect.broken;
    if (effect.isEpochNew) {
      for (let at = 0; at < this.bounds.invocations; at++) {
        if (this.#of(at, INVOCATION.does) !== IDLE) this.#put(at, INVOCATION.isStale, 1);
      }
    }
    return effect;
  }

  #request(slot: number, word = this.next[FIRST + slot]!): Request {
    return {
      slot,
      hop: get(word, INVOCATION.hop),
      position: get(word, INVOCATION.position),
      off: get(word, INVOCATION.off),
      age: get(word, INVOCATION.age),
      ahead: get(word, INVOCATION.ahead),
      isStale: get(word, INVOCATION.isStale) === 1,
      until: get(word, INVOCATION.remaining),
    };
  }

  /** The invocation is over. What it sent may still be on its way. */
  #leave(slot: number): void {
    const word = this.next[FIRST + slot]!;
    if (get(word, INVOCATION.late) === 0) {
      this.next[FIRST + slot] = 0;
      this.next[0] = this.space.apply(space.RENAME, this.next[0]!, { ...NO_REQUEST, slot, hop: 3 }).record;
      if (get(this.next[1]!, SHARED.holder) === slot + 1) this.#share(SHARED.holder, 0);
      return;
    }
    let rest = set(0, INVOCATION.does, DEAD);
    for (const name of ["hop", "off", "isStale", "late", "latePosition", "lateAge", "lateAhead"] as const) {
      rest = set(rest, INVOCATION[name], get(word, INVOCATION[name]));
    }
    this.next[FIRST + slot] = rest;
  }

  #deliveries(shared: number): void {
    let idle = 0;
    while (idle < this.bounds.invocations && get(this.#now[FIRST + idle]!, INVOCATION.does) !== IDLE) idle++;
    for (const [hop, field] of EVENTS.entries()) {
      const events = get(shared, field);
      if (events === 0) continue;
      this.#reset();
      if (this.#fault()) {
        this.#share(field, events - 1);
        this.#done(EVENT_LOST, 0, NEVER, hop);
      }
      if (idle === this.bounds.invocations) continue;
      for (let off = 0; off <= (this.bounds.isSkewed ? 1 : 0); off++) {
        this.#reset();
        let word = set(set(0, INVOCATION.does, BEGINS), INVOCATION.hop, hop);
        word = set(set(word, INVOCATION.off, off), INVOCATION.remaining, this.bounds.invocationTicks);
        // Until it has begun it knows no epoch.
        this.next[FIRST + idle] = set(word, INVOCATION.isStale, 1);
        if (this.#fault()) this.#done(ARRIVES_TWICE, idle, NEVER, hop);
        this.#share(SHARED.faults, get(shared, SHARED.faults));
        this.#share(field, events - 1);
        this.#done(ARRIVES, idle, off === 0 ? DELIVERY : NEVER, hop);
      }
    }
  }

  #invocation(slot: number, word: number): void {
    const does = get(word, INVOCATION.does);
    if (get(word, INVOCATION.late) !== 0) this.#lateArrives(slot, word);
    if (does === IDLE || does === DEAD) return;
    if (does === BEGINS) this.#begins(slot);
    else if (does === RUNS) this.#runs(slot, word);
    else if (does === WRITES) this.#writes(slot, word);
    else if (does === SENDS) {
      this.#reset();
      this.#send(get(word, INVOCATION.hop) + 1);
      this.#leave(slot);
      this.#done(SENT, slot, OWN, get(word, INVOCATION.hop) + 1);
    } else if (does === ASKS) {
      this.#reset();
      this.#ask(slot, word);
    } else if (does === TELLS) {
      this.#reset();
      this.#effect(space.TOLD, this.#request(slot));
      this.#leave(slot);
      this.#done(TOLD, slot, OWN);
    }
    this.#dies(slot, word);
  }

  #dies(slot: number, word: number): void {
    for (const action of [DIES_RETRIED, DIES]) {
      this.#reset();
      if (!this.#fault()) return;
      if (action === DIES_RETRIED) this.#send(get(word, INVOCATION.hop));
      this.#leave(slot);
      this.#done(action, slot, NEVER);
    }
  }

  /** Asks a sleeper what was asked while its hop ran: only if `handOff` leaves that to its caller, as it once did. */
  #ask(slot: number, word: number): void {
    const before = this.next[0]!;
    const operation = get(word, INVOCATION.write) === space.STOP ? space.ASK_STOP : space.ASK_PAUSE;
    this.#effect(operation, this.#request(slot));
    this.#checkAsked(before);
    this.#put(slot, INVOCATION.does, SENDS);
    this.#done(ASKED, slot, OWN);
  }

  /** A run stops only if it was asked since it was resumed last. */
  #checkAsked(before: number): void {
    const [was, is] = [this.space.records[before], this.space.records[this.next[0]!]];
    const isAsked = get(this.next[1]!, SHARED.isAsked) === 1;
    if (isAsked || !is || was === is) return;
    const isStopped = (is.phase === "stopped" || is.phase === "paused") && was?.phase !== is.phase;
    if (isStopped) this.#breaks("V9", `the run is ${is.phase}, and nobody asked since it was resumed or rewound`);
    else if (is.requested && !was?.requested) {
      this.#breaks("V9", `a ${is.requested} is asked of a run that was resumed or rewound since`);
    }
  }

  #begins(slot: number): void {
    this.#reset();
    const granted = this.#begin(slot, this.#request(slot));
    if (granted.isOk) {
      const lostAt = this.next.slice();
      this.#hold(slot, granted);
      this.#done(BEGUN, slot, OWN);
      for (let at = 0; at < this.words; at++) this.next[at] = lostAt[at]!;
      if (this.#fault()) this.#done(BEGUN_UNKNOWN, slot, NEVER);
    } else {
      const record = this.space.records[this.next[0]!];
      const isOwnSleeper =
        granted.refusal === "sleeping" && get(this.next[FIRST + slot]!, INVOCATION.hop) < (record?.hop ?? 0);
      if (record?.atEnd === "telling") this.#tell(slot);
      else if (granted.refusal === "handed-off" || isOwnSleeper) this.#put(slot, INVOCATION.does, SENDS);
      else this.#leave(slot);
      this.#done(BEGUN, slot, OWN);
    }
    this.#reset();
    if (this.#of(slot, INVOCATION.late) === 0 && this.#fault()) {
      this.#put(slot, INVOCATION.late, LATE_BEGIN);
      this.#put(slot, INVOCATION.lateAge, this.#of(slot, INVOCATION.age));
      this.#done(BEGIN_LATE, slot, NEVER);
    }
  }

  #begin(slot: number, request: Request): Effect {
    const wake = get(this.next[1]!, SHARED.wake);
    const effect = this.#effect(space.BEGIN, request);
    if (effect.isOk) {
      // One that knows an older answer works on under that, and this lease is nobody's.
      const isAwaited = this.#of(slot, INVOCATION.does) === BEGINS;
      if (isAwaited || effect.isChanged) this.#share(SHARED.holder, isAwaited ? slot + 1 : 0);
      if (wake !== AWAKE && wake > 0 && request.off - request.age < wake) {
        this.#breaks("V10", `a hop begins ${wake} tick(s) before the sleeper was to wake`);
      }
      this.#share(SHARED.wake, AWAKE);
    }
    return effect;
  }

  /** The invocation has its answer: it has the lease. */
  #hold(slot: number, { record, requested }: Effect): void {
    const age = this.#of(slot, INVOCATION.age);
    const { heartbeatTicks, invocationTicks } = this.bounds;
    this.#put(slot, INVOCATION.does, RUNS);
    this.#put(slot, INVOCATION.isStale, 0);
    this.#put(slot, INVOCATION.isRewound, 0);
    this.#put(slot, INVOCATION.position, Number(this.space.records[record]?.state ?? 0));
    this.#put(slot, INVOCATION.lease, Math.max(0, (heartbeatTicks ?? invocationTicks) - age));
    this.#put(slot, INVOCATION.ahead, age === 0 ? 1 : 0);
    this.#put(slot, INVOCATION.age, 0);
    if (requested)
      this.#write(slot, requested === "stop" ? space.STOP : space.PAUSE, this.#of(slot, INVOCATION.position));
  }

  #write(slot: number, write: number, position: number): void {
    this.#put(slot, INVOCATION.does, WRITES);
    this.#put(slot, INVOCATION.write, write);
    this.#put(slot, INVOCATION.position, position);
    this.#put(slot, INVOCATION.age, 0);
  }

  #tell(slot: number): void {
    this.#put(slot, INVOCATION.does, TELLS);
    this.#put(slot, INVOCATION.isStale, 0);
  }

  /** The work goes a step further and wants it written. */
  #runs(slot: number, word: number): void {
    const { steps, lastHop, heartbeatTicks } = this.bounds;
    const position = get(word, INVOCATION.position);
    const hop = get(word, INVOCATION.hop);
    const isOver = heartbeatTicks !== undefined && get(word, INVOCATION.lease) === 0;
    // More than three writes of a tick would no longer be told apart.
    const isBusy = get(word, INVOCATION.ahead) === 3;
    if (heartbeatTicks !== undefined && !isBusy && (isOver || get(word, INVOCATION.lease) < heartbeatTicks)) {
      this.#renews(slot, isOver);
    }
    if (isOver || isBusy) return;
    const choose = (write: number, at: number, rank: number, isFault = false) => {
      this.#reset();
      if (isFault && !this.#fault()) return;
      if (write === space.SLEEP) this.#share(SHARED.sleeps, 0);
      this.#write(slot, write, at);
      this.#done(CHOOSES, slot, rank, write);
    };
    const further = Math.min(steps, position + 1);
    if (further === steps) choose(space.FINISH, steps, OWN);
    else {
      choose(space.CHECKPOINT, further, OWN);
      if (hop < lastHop) choose(space.HAND_OFF, further, NEVER);
    }
    if (hop < lastHop) {
      choose(space.HAND_OFF, position, NEVER);
      if (get(word, INVOCATION.remaining) > 0 && get(this.#now[1]!, SHARED.sleeps) > 0) {
        choose(space.SLEEP, position, NEVER);
      }
    }
    choose(space.RELEASE, position, NEVER, true);
    choose(space.FAIL, position, NEVER, true);
  }

  #renews(slot: number, isOver: boolean): void {
    for (const action of [RENEWS, RENEWS_UNKNOWN]) {
      this.#reset();
      if (action === RENEWS_UNKNOWN && !this.#fault()) return;
      const request = this.#request(slot);
      const { isOk } = this.#effect(space.RENEW, request);
      if (!isOk && action === RENEWS) this.#leave(slot);
      else {
        this.#put(slot, INVOCATION.ahead, Math.min(3, request.ahead + 1));
        const lease = Math.min(this.bounds.heartbeatTicks ?? 0, request.until);
        if (action === RENEWS) this.#put(slot, INVOCATION.lease, lease);
      }
      this.#done(action, slot, isOver && action === RENEWS && request.until > 0 ? OWN : NEVER);
    }
  }

  #writes(slot: number, word: number): void {
    const write = get(word, INVOCATION.write);
    const hop = get(word, INVOCATION.hop);
    this.#reset();
    const effect = this.#commit(slot, write, this.#request(slot, word));
    const landed = this.next.slice();
    if (effect.isOk) this.#answered(slot, write, effect);
    else {
      if (write === space.RELEASE) this.#send(hop);
      this.#leave(slot);
    }
    this.#done(WRITTEN, slot, OWN, write);
    for (let at = 0; at < this.words; at++) this.next[at] = landed[at]!;
    if (effect.isChanged && this.#fault()) this.#done(WRITTEN_UNKNOWN, slot, NEVER, write);
    this.#reset();
    if (get(word, INVOCATION.late) === 0 && write < space.FAIL && this.#fault()) {
      this.#put(slot, INVOCATION.late, write + 1);
      this.#put(slot, INVOCATION.latePosition, get(word, INVOCATION.position));
      this.#put(slot, INVOCATION.lateAge, get(word, INVOCATION.age));
      this.#put(slot, INVOCATION.lateAhead, get(word, INVOCATION.ahead));
      this.#done(WRITE_LATE, slot, NEVER, write);
    }
  }

  /** A write arrives at the store. */
  #commit(slot: number, write: number, request: Request): Effect {
    const before = this.next[0]!;
    const was = this.space.records[before];
    const effect = this.#effect(write, request);
    if (!effect.isChanged) return effect;
    const is = this.space.records[effect.record]!;
    if (get(this.next[1]!, SHARED.holder) !== slot + 1) {
      this.#breaks("V6", `the ${space.WRITES[write]} of hop ${request.hop} counts, and its writer has no lease`);
    }
    const isState = write === space.CHECKPOINT || write === space.HAND_OFF || write === space.SLEEP;
    if (isState && is.state !== String(request.position)) {
      this.#breaks("V6", `the state is ${is.state}, and its holder wrote ${request.position}`);
    }
    if (Number(is.state ?? 0) < Number(was?.state ?? 0)) {
      this.#breaks("V7", `the state went from safe point ${was?.state} back to ${is.state}`);
    }
    const isHandOff = write === space.HAND_OFF || write === space.SLEEP;
    if (isHandOff || write === space.FINISH) {
      const committed = get(this.next[1]!, SHARED.committed);
      if (committed & (1 << request.hop)) this.#breaks("V2", `hop ${request.hop} is committed once more`);
      this.#share(SHARED.committed, committed | (1 << request.hop));
    }
    if (isHandOff && request.hop === 0) this.#share(SHARED.start1, request.position);
    if (write === space.SLEEP) this.#share(SHARED.wake, Math.max(0, space.SLEEP_TICKS + request.off - request.age));
    if (write !== space.CHECKPOINT) this.#share(SHARED.holder, 0);
    this.#checkAsked(before);
    return effect;
  }

  #answered(slot: number, write: number, { record, requested }: Effect): void {
    const position = this.#of(slot, INVOCATION.position);
    const asked = requested === "stop" ? space.STOP : space.PAUSE;
    switch (write) {
      case space.CHECKPOINT: {
        const [age, ahead] = [this.#of(slot, INVOCATION.age), this.#of(slot, INVOCATION.ahead)];
        const lease = Math.min(this.bounds.heartbeatTicks ?? 0, this.#of(slot, INVOCATION.remaining) + age) - age;
        if (this.bounds.heartbeatTicks !== undefined) this.#put(slot, INVOCATION.lease, Math.max(0, lease));
        this.#put(slot, INVOCATION.does, RUNS);
        this.#put(slot, INVOCATION.write, 0);
        this.#put(slot, INVOCATION.ahead, age === 0 ? Math.min(3, ahead + 1) : 0);
        this.#put(slot, INVOCATION.age, 0);
        if (requested) this.#write(slot, asked, position);
        return;
      }
      case space.SLEEP:
        this.#put(slot, INVOCATION.does, requested ? ASKS : SENDS);
        this.#put(slot, INVOCATION.write, requested ? asked : 0);
        return;
      case space.HAND_OFF:
        this.#put(slot, INVOCATION.does, SENDS);
        return;
      case space.RELEASE:
        this.#send(this.#of(slot, INVOCATION.hop));
        this.#leave(slot);
        return;
      default:
        if (this.space.records[record]?.atEnd === "telling") this.#tell(slot);
        else this.#leave(slot);
    }
  }

  #lateArrives(slot: number, word: number): void {
    this.#reset();
    const late = get(word, INVOCATION.late);
    const request: Request = {
      ...this.#request(slot, word),
      position: get(word, INVOCATION.latePosition),
      age: get(word, INVOCATION.lateAge),
      ahead: get(word, INVOCATION.lateAhead),
    };
    if (late === LATE_BEGIN) this.#begin(slot, request);
    else this.#commit(slot, late - 1, request);
    this.#forgetLate(slot);
    this.#done(LATE_ARRIVES, slot, NEVER, late);
  }

  #forgetLate(slot: number): void {
    for (const name of ["late", "latePosition", "lateAge", "lateAhead"] as const) this.#put(slot, INVOCATION[name], 0);
    if (this.#of(slot, INVOCATION.does) === DEAD) this.#leave(slot);
  }

  #outside(shared: number): void {
    for (const [index, [name, field, operation]] of OUTSIDERS.entries()) {
      const left = get(shared, field);
      if (left === 0) continue;
      for (let hop = 0; hop <= (name === "rewind" ? 1 : 0); hop++) {
        this.#reset();
        this.#share(field, left - 1);
        const position = get(shared, SHARED.start1);
        const request = name === "rewind" ? { ...NO_REQUEST, hop, position } : NO_REQUEST;
        const effect = this.#effect(operation, request);
        if (!effect.isOk) continue;
        if (name === "stop" || name === "pause") this.#share(SHARED.isAsked, 1);
        if (name === "resume" || name === "rewind") {
          this.#share(SHARED.isAsked, 0);
          this.#send(this.space.records[effect.record]!.hop);
        }
        if (name === "rewind") this.#rewound(hop);
        if (name === "delete") this.#share(SHARED.wake, AWAKE);
        this.#done(OUTSIDE + index, 0, NEVER, hop);
      }
    }
  }

  #rewound(hop: number): void {
    this.#share(SHARED.holder, 0);
    this.#share(SHARED.wake, AWAKE);
    this.#share(SHARED.committed, get(this.next[1]!, SHARED.committed) & ((1 << hop) - 1));
    if (hop === 0) this.#share(SHARED.start1, 0);
    for (let slot = 0; slot < this.bounds.invocations; slot++) {
      if (this.#of(slot, INVOCATION.does) !== IDLE) this.#put(slot, INVOCATION.isRewound, 1);
    }
  }

  #tick(): void {
    for (const action of [TICKS, TICKS_RETRIED]) {
      this.#reset();
      let isKilled = false;
      this.#effect(space.TICK);
      for (let slot = 0; slot < this.bounds.invocations; slot++) {
        const word = this.#now[FIRST + slot]!;
        const does = get(word, INVOCATION.does);
        if (does === IDLE) continue;
        if (get(word, INVOCATION.late) !== 0) {
          const age = get(word, INVOCATION.lateAge);
          if (age === 3) this.#forgetLate(slot);
          else this.#put(slot, INVOCATION.lateAge, age + 1);
        }
        if (does === DEAD) continue;
        const remaining = get(word, INVOCATION.remaining);
        if (remaining === 0) {
          isKilled = true;
          if (action === TICKS_RETRIED) this.#send(get(word, INVOCATION.hop));
          this.#leave(slot);
          continue;
        }
        this.#put(slot, INVOCATION.remaining, remaining - 1);
        this.#put(slot, INVOCATION.lease, Math.max(0, get(word, INVOCATION.lease) - 1));
        if (does === RUNS) this.#put(slot, INVOCATION.ahead, 0);
        else if (does === BEGINS || does === WRITES) this.#put(slot, INVOCATION.age, get(word, INVOCATION.age) + 1);
      }
      const wake = get(this.#now[1]!, SHARED.wake);
      if (wake !== AWAKE && wake > 0) this.#share(SHARED.wake, wake - 1);
      if (action === TICKS || isKilled) this.#done(action, 0, action === TICKS ? TIME : NEVER);
    }
  }
}
