import { AsyncLocalStorage } from "node:async_hooks";
import type { RunRecord } from "../state/run-store.ts";
import { Container, type SimulatedInvocation } from "./container.ts";
import type { Faults, Latencies, ScriptedCrash } from "./faults.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Timeline } from "./timeline.ts";
import type { Happening, TraceEvent, TracePlace } from "./trace.ts";

/** 2026-01-01T00:00:00Z: where every simulation begins. */
export const WORLD_BEGINS_MS = 1_767_225_600_000;

/** What a {@link World} is made of. */
export interface WorldParts {
  readonly timeline: Timeline;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly latencies: Latencies;
  readonly scriptedCrashes: readonly ScriptedCrash[];
  /** Faults end after so much virtual time. */
  readonly faultsForMs: number;
  /** The clocks of two hosts differ by at most this much. */
  readonly skewMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly tracesSteps: boolean;
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
  lastFaultMs = 0;
  /** Called when a container dies, so that the platform notices. */
  onGone: (container: Container) => void = () => {};
  readonly #current = new AsyncLocalStorage<SimulatedInvocation>();
  readonly #scripted: ScriptedCrash[];
  #containers = 0;
  #ids = 0;

  constructor(parts: WorldParts) {
    this.parts = parts;
    this.timeline = parts.timeline;
    this.random = parts.random;
    this.#scripted = [...parts.scriptedCrashes];
  }

  /** Virtual milliseconds since the simulation began. */
  get atMs(): number {
    return this.timeline.nowMs - WORLD_BEGINS_MS;
  }

  /** The invocation whose code runs now, even if it runs inside a later one. */
  get invocation(): SimulatedInvocation | undefined {
    return this.#current.getStore();
  }

  runIn<Result>(invocation: SimulatedInvocation | undefined, run: () => Result): Result {
    return invocation ? this.#current.run(invocation, run) : run();
  }

  id(): string {
    return `${++this.#ids}-${Math.floor(this.random.next() * 2 ** 32).toString(16)}`;
  }

  claim(run: string, job: number): void {
    if (!this.jobOfRun.has(run)) this.jobOfRun.set(run, job);
    this.runOfJob.set(job, run);
  }

  newContainer(): Container {
    const half = this.parts.skewMs / 2;
    return new Container(++this.#containers, this.random.between([-half, half]));
  }

  note(place: TracePlace, happening: Happening): void {
    this.trace.push({ at: this.atMs, ...place, ...happening } as TraceEvent);
  }

  /** Whether a fault strikes, now; draws nothing for a fault that is off. */
  strikes(kind: keyof Faults): boolean {
    const rate = this.parts.faults[kind];
    if (rate === 0 || this.atMs > this.parts.faultsForMs || !this.random.chance(rate)) return false;
    if (kind !== "coldStart") this.lastFaultMs = this.atMs;
    return true;
  }

  fault(place: TracePlace, kind: keyof Faults, detail: string): void {
    this.note(place, { type: "fault", kind, detail });
  }

  /** Passed at every await that goes through the world; `true` if the process is gone, or dies here. */
  isDeadAt(container: Container, invocation: SimulatedInvocation | undefined, where: string): boolean {
    if (container.isGone) return true;
    const isScripted = invocation !== undefined && this.#isScripted(invocation);
    if (!isScripted && !this.strikes("crash")) return false;
    this.lastFaultMs = this.atMs;
    this.stats.crashes++;
    this.note({ ...placeOf(invocation), container: container.id }, { type: "crashed", where });
    container.isGone = true;
    this.onGone(container);
    return true;
  }

  #isScripted(invocation: SimulatedInvocation): boolean {
    const number = ++invocation.awaits;
    const index = this.#scripted.findIndex((crash) => crash.hop === invocation.hop && crash.await === number);
    if (index < 0) return false;
    this.#scripted.splice(index, 1);
    return true;
  }
}

/** Where an invocation is, for the trace. */
export function placeOf(invocation: SimulatedInvocation | undefined): TracePlace {
  if (!invocation) return {};
  const { job, hop, id, container } = invocation;
  return { job, hop, invocation: id, container: container.id };
}
