import type { Ask, LinkedPlay } from "./link.ts";
import { Play } from "./play.ts";
import { type Settings, SLEEPS } from "./settings.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

/** A worker as the player uses it. */
export interface Simulator {
  postMessage(message: ToWorker): void;
  addEventListener(type: "message", listener: (event: { readonly data: FromWorker }) => void): void;
  terminate(): void;
}

/** Plays a simulation: it is computed as fast as can be, and shown at the moment where the playhead is. */
export class Player {
  settings: Settings;
  asks: readonly Ask[];
  play = new Play();
  /** Virtual milliseconds. */
  atMs: number;
  isPlaying = false;
  /** Virtual milliseconds in a millisecond. */
  speed = 1;
  /** Why the simulation could not be made. */
  failure: string | undefined;
  readonly #start: () => Simulator;
  readonly #onNews: () => void;
  #simulator: Simulator | undefined;
  /** A simulation that has not come to the playhead yet. */
  #next: Play | undefined;

  constructor({ settings, asks, atMs }: LinkedPlay, start: () => Simulator, onNews: () => void) {
    this.settings = settings;
    this.asks = asks;
    this.atMs = atMs;
    this.#start = start;
    this.#onNews = onNews;
    this.#simulate();
  }

  /** Begins another play. */
  load({ settings, asks, atMs }: LinkedPlay): void {
    this.settings = settings;
    this.asks = asks;
    this.atMs = atMs;
    if (atMs === 0) this.play = new Play();
    this.#simulate();
  }

  /**
   * Does something to the run, now. What was done later is forgotten: the run takes another way from here. The simulation
   * is made again from its seed, so that it is what a link to it makes.
   */
  ask(ask: Omit<Ask, "atMs">): void {
    this.atMs = Math.ceil(this.atMs);
    this.asks = [...this.asks.filter(({ atMs }) => atMs <= this.atMs), { ...ask, atMs: this.atMs }];
    this.isPlaying = true;
    this.#simulate();
  }

  /** Real time passes. */
  tick(realMs: number): void {
    if (!this.isPlaying || this.isBehind) return;
    this.seek(this.atMs + realMs * this.speed);
    if (this.isAtEnd) this.isPlaying = false;
  }

  seek(atMs: number): void {
    this.atMs = Math.max(0, Math.min(atMs, this.endMs));
  }

  /** The last moment that can be shown so far. */
  get endMs(): number {
    const { end, toldMs } = this.play;
    return end ? Math.max(end.endedAtMs, toldMs) : toldMs;
  }

  get isAtEnd(): boolean {
    return this.play.end !== undefined && this.atMs >= this.endMs;
  }

  /** Whether the simulation has still to come to the playhead. */
  get isBehind(): boolean {
    return this.#next !== undefined;
  }

  #simulate(): void {
    this.#simulator?.terminate();
    this.failure = undefined;
    const next = new Play();
    this.#next = next;
    const simulator = this.#start();
    this.#simulator = simulator;
    simulator.addEventListener("message", ({ data }) => {
      if (this.#simulator !== simulator) return;
      if (data.type === "events") next.add(data.events);
      else if (data.type === "end") next.end = data.end;
      else this.failure = data.message;
      if (this.#next === next && (next.end || next.toldMs > this.atMs)) {
        this.play = next;
        this.#next = undefined;
      }
      if (this.play.end) this.seek(this.atMs);
      this.#onNews();
    });
    simulator.postMessage({ settings: this.settings, asks: this.asks });
  }
}

/** The speed at which a play lasts about 20 seconds, of those that can be chosen. */
export function usualSpeed({ items, stepMs, law, code }: Settings): number {
  const factor = law === "pareto" || law === "two-peaks" ? 1.7 : 1.1;
  const sleptMs = code === "sleeper" ? Math.floor((items - 1) / SLEEPS.afterItems) * SLEEPS.forMs : 0;
  const wanted = (items * stepMs * factor + sleptMs) / 20_000;
  return SPEEDS.find((speed) => speed >= wanted) ?? SPEEDS.at(-1)!;
}

/** Virtual seconds in a second. */
export const SPEEDS: readonly number[] = [1, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400];
