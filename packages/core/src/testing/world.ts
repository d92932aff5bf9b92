import type { RunRecord } from "../state/run-store.ts";
import { Container, type SimulatedInvocation } from "./container.ts";
import { current } from "./current.ts";
import type { FaultChooser } from "./fault-script.ts";
import type { Faults, Latencies, ScriptedCrash } from "./faults.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Timeline } from "./timeline.ts";
import type { Happening, TraceEvent, TracePlace } from "./trace.ts";
import { type UserCall, UserCalls } from "./user-calls.ts";

/** 2026-01-01T00:00:00Z: where every simulation begins. */
export const WORLD_BEGINS_MS = 1_767_225_600_000;

/** The parts of a {@link World}. */
export interface WorldParts {
  readonly timeline: Timeline;
  readonly random: SeededRandom;
  readonly faults: Faults;
  /** Decides in place of the rates and of chance. */
  readonly chooser: FaultChooser | undefined;
  readonly latencies: Latencies;
  readonly scriptedCrashes: readonly ScriptedCrash[];
  /** Faults end after so much virtual time. */
  readonly faultsForMs: number;
  /** The clocks of two hosts differ by at most this much. */
  readonly skewMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly tracesSteps: boolean;
  readonly onTrace: ((event: TraceEvent) => void) | undefined;
}

/** Whose code runs: an invocation's, in one of the user's functions or outside them. */
export interface Caller {
  readonly world: World;
  readonly invocation: SimulatedInvocation;
  readonly call?: UserCall;
}

const callers = current<Caller>();

/** Whose code runs now; `undefined` outside a simulation. */
export function callerNow(): Caller | undefined {
  return callers.get();
}

/** Called when all promises have settled: what runs next is nobody's yet. */
export function noCaller(): void {
  callers.clear();
}

/** Everything that the parts of one simulation share. */
export class World {
  readonly parts: WorldParts;
  readonly timeline: Timeline;
  readonly random: SeededRandom;
  readonly records = new Map<string, RunRecord>();
  readonly trace: TraceEvent[] = [];
  /** The job that began a run. */
  readonly jobOfRun = new Map<string, number>();
  /** The run of a job; two jobs may have the same. */
  readonly runOfJob = new Map<number, string>();
  readonly stats = { invocations: 0, hops: 0, timeouts: 0, crashes: 0, grantedMs: 0, steps: 0, stepMs: 0 };
  /** Jobs whose next event is lost. */
  readonly losesNext = new Set<number>();
  lastFaultMs = 0;
  #faultsEndAtMs: number;
  readonly userCalls = new UserCalls();
  /** Whether the handler keeps its runs in the store. */
  hasStore = true;
  readonly #scripted: ScriptedCrash[];
  #containers = 0;
  #ids = 0;

  constructor(parts: WorldParts) {
    this.parts = parts;
    this.timeline = parts.timeline;
    this.random = parts.random;
    this.#faultsEndAtMs = parts.faultsForMs;
    this.#scripted = [...parts.scriptedCrashes];
  }

  /** Virtual milliseconds since the simulation began. */
  get atMs(): number {
    return this.timeline.nowMs - WORLD_BEGINS_MS;
  }

  /** Whose code runs now, even if it runs inside a later invocation. */
  get caller(): Caller | undefined {
    const caller = callers.get();
    return caller?.world === this ? caller : undefined;
  }

  get invocation(): SimulatedInvocation | undefined {
    return this.caller?.invocation;
  }

  runAs<Result>(caller: Caller | undefined, run: () => Result): Result {
    return caller ? callers.run(caller, run) : run();
  }

  /** Calls one of the user's functions: what it waits for outside the simulation is waited for. */
  callUser<Answer>(what: string, run: () => Answer): Answer {
    const { invocation } = this;
    if (!invocation) return run();
    const call = this.userCalls.begin(what, invocation);
    let isPending = false;
    try {
      const answer = callers.run({ world: this, invocation, call }, run);
      if (!isThenable(answer)) return answer;
      isPending = true;
      const end = () => this.userCalls.end(call);
      answer.then(end, end);
      return answer;
    } finally {
      if (!isPending) this.userCalls.end(call);
    }
  }

  /** Notes that the code that runs now waits for something of the simulation; the answer resumes it. */
  waits(): (resume: () => void) => void {
    const { caller } = this;
    const container = caller?.call && caller.invocation.container;
    if (container) container.userAwaits++;
    let isOver = false;
    return (resume) => {
      if (container && !isOver) container.userAwaits--;
      isOver = true;
      this.runAs(caller, resume);
    };
  }

  id(): string {
    return `${++this.#ids}-${Math.floor(this.random.next() * 2 ** 32).toString(16)}`;
  }

  claim(run: string, job: number): void {
    if (!this.jobOfRun.has(run)) this.jobOfRun.set(run, job);
    this.runOfJob.set(job, run);
  }

  newContainer(options?: ConstructorParameters<typeof Container>[2]): Container {
    return new Container(++this.#containers, this.#clockOffsetMs(), options);
  }

  /** How far a clock is ahead: so that two differ by at most the skew. */
  #clockOffsetMs(): number {
    const half = this.parts.skewMs / 2;
    return this.random.between([-half, half]);
  }

  note(place: TracePlace, happening: Happening): void {
    const event = { at: this.atMs, ...place, ...happening } as TraceEvent;
    this.trace.push(event);
    this.parts.onTrace?.(event);
  }

  /** Whether a fault strikes, now; draws nothing for a fault that is off. */
  strikes(kind: keyof Faults): boolean {
    const { faults, chooser } = this.parts;
    const rate = faults[kind];
    if (this.atMs > this.#faultsEndAtMs) return false;
    if (!(chooser ? chooser.strikes(kind) : rate > 0 && this.random.chance(rate))) return false;
    if (kind !== "coldStart") this.lastFaultMs = this.atMs;
    return true;
  }

  /** Whether a process dies, now. Where faults are chosen, one that has no invocation is none to choose. */
  #crashes(container: Container): boolean {
    return (!this.parts.chooser || container.running.size > 0) && this.strikes("crash");
  }

  /** Which of two ways something goes. */
  coin(): boolean {
    const { chooser } = this.parts;
    return chooser ? chooser.coin() : this.random.chance(0.5);
  }

  /** From now on nothing goes wrong. */
  endFaults(): void {
    this.lastFaultMs = this.atMs;
    this.#faultsEndAtMs = Math.min(this.#faultsEndAtMs, this.atMs - 1);
  }

  fault(place: TracePlace, kind: keyof Faults, detail: string): void {
    this.note(place, { type: "fault", kind, detail });
  }

  /** Passed at every await that goes through the world; `true` if the process is gone, or dies here. */
  isDeadAt(container: Container, invocation: SimulatedInvocation | undefined, where: string): boolean {
    if (container.isGone) return true;
    if (this.strikes("clockJumps")) {
      container.clockOffsetMs = this.#clockOffsetMs();
      this.note({ container: container.id }, { type: "clock-jumped", offsetMs: container.clockOffsetMs });
    }
    const isScripted = invocation !== undefined && this.#isScripted(invocation);
    if (!isScripted && !this.#crashes(container)) {
      if (container.running.size > 0 && !container.isFrozen && this.strikes("stalls"))
        this.stall(container, invocation, this.random.between(this.parts.latencies.stall));
      return false;
    }
    this.crash(container, invocation, where);
    return true;
  }

  /** The process dies. */
  crash(container: Container, invocation: SimulatedInvocation | undefined, where: string): void {
    this.lastFaultMs = this.atMs;
    this.stats.crashes++;
    this.note({ ...placeOf(invocation), container: container.id }, { type: "crashed", where });
    container.die();
  }

  /** Stops a process for a while: what comes due meanwhile fires when it continues. */
  stall(container: Container, invocation: SimulatedInvocation | undefined, stallMs: number): void {
    this.fault({ ...placeOf(invocation), container: container.id }, "stalls", `${Math.round(stallMs)} ms`);
    container.isFrozen = true;
    container.isStalled = true;
    this.timeline.await(stallMs, () => {
      if (container.isGone || !container.isStalled) return;
      this.lastFaultMs = this.atMs;
      for (const timer of container.thaw()) this.timeline.revive(timer);
    });
  }

  #isScripted(invocation: SimulatedInvocation): boolean {
    const number = ++invocation.awaits;
    const index = this.#scripted.findIndex((crash) => crash.hop === invocation.hop && crash.await === number);
    if (index < 0) return false;
    this.#scripted.splice(index, 1);
    return true;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

/** Where an invocation is, for the trace. */
export function placeOf(invocation: SimulatedInvocation | undefined): TracePlace {
  if (!invocation) return {};
  const { job, hop, id, container } = invocation;
  return { job, hop, invocation: id, container: container.id };
}
