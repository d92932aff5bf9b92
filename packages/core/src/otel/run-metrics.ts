import type { Counter, Histogram, Meter } from "@opentelemetry/api";
import type { RunEvent } from "../observe/observer.ts";

/** Boundaries of a duration's histogram, in seconds: https://opentelemetry.io/docs/specs/semconv/general/metrics/ */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** The metrics of runs. */
export class RunMetrics {
  readonly #hops: Counter;
  readonly #steps: Counter;
  readonly #handOff: Histogram;
  readonly #reserve: Histogram;
  readonly #unused: Histogram;
  readonly #cost: Histogram;

  constructor(meter: Meter) {
    const seconds = (name: string, description: string) =>
      meter.createHistogram(name, { unit: "s", description, advice: { explicitBucketBoundaries: SECONDS } });
    this.#hops = meter.createCounter("longhaul.hops", {
      unit: "{hop}",
      description: "Invocations of runs, by their end",
    });
    this.#steps = meter.createCounter("longhaul.steps", { unit: "{step}", description: "Safe points reached" });
    this.#handOff = seconds("longhaul.handoff.duration", "Time that handing the run off took");
    this.#reserve = seconds("longhaul.reserve", "Time kept back for handing off, as a hop begins");
    this.#unused = seconds("longhaul.unused", "Time of the invocation left after the hand-off");
    this.#cost = meter.createHistogram("longhaul.run.cost", {
      unit: "USD",
      description: "Estimated cost of a run that is over",
    });
  }

  /** The beginning of a hop. */
  begun({ reserveMs }: { readonly reserveMs: number }): void {
    this.#reserve.record(reserveMs / 1_000);
  }

  /** The end of a hop; one that was refused has made no steps. */
  ended(event: RunEvent): void {
    this.#hops.add(1, { end: event.type === "stopped" ? event.phase : event.type });
    if (event.type !== "duplicate") this.#steps.add(event.steps);
    if (event.type === "handoff") {
      this.#handOff.record(event.durationMs / 1_000);
      this.#unused.record(event.remainingMs / 1_000);
    }
    if (event.type === "done") this.#cost.record(event.costUsd);
  }
}
