import type { Counter, Histogram, Meter } from "@opentelemetry/api";
import type { RunEvent } from "../observe/observer.ts";
import type { Progress } from "../observe/progress.ts";

/** Boundaries of a duration's histogram, in seconds: https://opentelemetry.io/docs/specs/semconv/general/metrics/ */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The metrics of runs. */
export class RunMetrics {
  readonly #hops: Counter;
  readonly #steps: Counter;
  readonly #items: Counter;
  readonly #itemsName: string;
  /** The count of items that is in the metric, of each hop at work. */
  readonly #counted = new Map<string, number>();
  readonly #handOff: Histogram;
  readonly #reserve: Histogram;
  readonly #unused: Histogram;
  readonly #cost: Histogram;

  /** @param itemsName - the count of `progress()` that items are counted by */
  constructor(meter: Meter, itemsName: string) {
    this.#itemsName = itemsName;
    const seconds = (name: string, description: string) =>
      meter.createHistogram(name, { unit: "s", description, advice: { explicitBucketBoundaries: SECONDS } });
    this.#hops = meter.createCounter("longhaul.hops", {
      unit: "{hop}",
      description: "Invocations of runs, by their end",
    });
    this.#steps = meter.createCounter("longhaul.steps", { unit: "{step}", description: "Safe points reached" });
    this.#items = meter.createCounter("longhaul.items", {
      unit: "{item}",
      description: "Items that the work reported",
    });
    this.#handOff = seconds("longhaul.handoff.duration", "Time that handing the run off took");
    this.#reserve = seconds("longhaul.reserve", "Time kept back for handing off, as a hop begins");
    this.#unused = seconds("longhaul.unused", "Time of the invocation left after the hand-off");
    this.#cost = meter.createHistogram("longhaul.run.cost", {
      unit: "USD",
      description: "Estimated cost of a run that is over",
    });
  }

  /** The beginning of a hop. */
  begun(event: Extract<RunEvent, { readonly type: "hop.start" }>): void {
    this.#reserve.record(event.reserveMs / 1_000);
    // Without a record nobody knows what a later hop begins with.
    const before = this.#itemsIn(event.progress) ?? (event.hop === 0 ? 0 : undefined);
    if (before !== undefined) this.#counted.set(placeOf(event), before);
  }

  /** The end of a hop; one that was refused has made no steps. */
  ended(event: RunEvent): void {
    this.#hops.add(1, { end: event.type === "stopped" ? event.phase : event.type });
    if (event.type === "duplicate" && event.refusal !== "fenced") return;
    if (event.type !== "duplicate") {
      this.#steps.add(event.steps);
      this.#countItems(event);
    }
    this.#counted.delete(placeOf(event));
    if (event.type === "handoff") {
      this.#handOff.record(event.durationMs / 1_000);
      this.#unused.record(event.remainingMs / 1_000);
    }
    if (event.type === "done") this.#cost.record(event.costUsd);
  }

  /** The count grows over the whole run, so the items of a hop are what it has grown by. After a rewind it falls. */
  #countItems(event: RunEvent): void {
    const before = this.#counted.get(placeOf(event));
    const now = this.#itemsIn(event.progress);
    if (before !== undefined && now !== undefined && now > before) this.#items.add(now - before);
  }

  #itemsIn(progress: Progress): number | undefined {
    const count = progress[this.#itemsName];
    return Number.isFinite(count) ? count : undefined;
  }
}

function placeOf({ run, hop }: RunEvent): string {
  return JSON.stringify([run, hop]);
}
