import { LonghaulError } from "../errors.ts";
import type { OnSaved, PersistState } from "../hop.ts";
import type { RunContext } from "../options.ts";
import type { Work } from "../pump.ts";
import { type Sleep, yielded } from "../recursion/sleep.ts";
import { StateWatch } from "./state-watch.ts";
import { placeOf, type World } from "./world.ts";

type Run<Event, State, Result> = (state: State, context: RunContext<Event, State>) => Work<State, Result>;

/** Lets virtual time pass within a step of work that does not do so itself. */
export type StepTime = (signal: AbortSignal) => Promise<void>;

/** Steps that may end at one moment of virtual time before that is taken for an endless loop. */
const MAX_STEPS_AT_ONCE = 100_000;

/**
 * Wraps the work: each step is traced from safe point to safe point, and each yielded state is looked at.
 *
 * @param stepTime - called at the beginning and at the end of each step
 */
export function watchedWork<Event, State, Result>(
  world: World,
  run: Run<Event, State, Result>,
  stepTime?: StepTime,
): Run<Event, State, Result> {
  return (state, context) => {
    const event = JSON.stringify(context.event);
    if (world.invocation) world.invocation.signal = context.signal;
    world.note(placeOf(world.invocation), { type: "works-on", run: context.run.id, event });
    const work = run(state, watchedContext(world, context));
    const steps = new WatchedSteps<State, Result>(world, context);
    if (isAsync(work)) {
      const next = work.next.bind(work);
      work.next = () => steps.pull(next, stepTime);
    } else if (stepTime) {
      return steps.inTime(work, stepTime);
    } else {
      const next = work.next.bind(work);
      work.next = () => {
        steps.asked();
        return steps.reached(next());
      };
    }
    return work;
  };
}

/** The context, with what the work registers watched. */
function watchedContext<Event, State>(world: World, context: RunContext<Event, State>): RunContext<Event, State> {
  return {
    ...context,
    onPersist(persist: PersistState<State>) {
      context.onPersist((state, reason) => world.callUser("onPersist()", () => persist(state, reason)));
    },
    onSaved(saved: OnSaved<State>) {
      context.onSaved((state) => world.callUser("onSaved()", () => saved(state)));
    },
  };
}

/** The steps of one hop. */
class WatchedSteps<State, Result> {
  readonly #world: World;
  readonly #context: Pick<RunContext<unknown>, "budget" | "signal">;
  readonly #place;
  readonly #states = new StateWatch();
  #steps = 0;
  #beganMs = 0;
  #atOnce = 0;

  constructor(world: World, context: Pick<RunContext<unknown>, "budget" | "signal">) {
    this.#world = world;
    this.#context = context;
    this.#place = placeOf(world.invocation);
    world.invocation?.atEnd.push(() => this.#noteChange());
  }

  /** The work is asked for its next safe point. */
  asked(): void {
    const { timeline, parts } = this.#world;
    const { budget } = this.#context;
    if (timeline.nowMs !== this.#beganMs) this.#atOnce = 0;
    else if (++this.#atOnce > MAX_STEPS_AT_ONCE) this.#endless();
    this.#beganMs = timeline.nowMs;
    const remainingMs = budget.remainingMs;
    const neededMs = budget.reserveMs + budget.predictedStepMs;
    // In a trace without steps only the offending ones are kept.
    if (parts.tracesSteps || (this.#steps > 0 && remainingMs <= neededMs)) {
      this.#world.note(this.#place, { type: "step", steps: this.#steps, remainingMs, neededMs });
    }
    this.#steps++;
  }

  /** The work came to a safe point, or to its end. */
  reached(pulled: IteratorResult<State | Sleep<State>, Result>): IteratorResult<State | Sleep<State>, Result> {
    const { timeline, stats, parts } = this.#world;
    const durationMs = timeline.nowMs - this.#beganMs;
    stats.stepMs += durationMs;
    if (!pulled.done) stats.steps++;
    if (parts.tracesSteps) this.#world.note(this.#place, { type: "safe-point", durationMs });
    this.#noteChange();
    const fault = pulled.done ? undefined : this.#states.yielded(yielded(pulled.value, () => 0).state);
    if (fault) this.#world.note(this.#place, { type: "bad-state", steps: this.#steps, ...fault });
    return pulled;
  }

  async pull(
    next: () => Promise<IteratorResult<State | Sleep<State>, Result>>,
    stepTime: StepTime | undefined,
  ): Promise<IteratorResult<State | Sleep<State>, Result>> {
    this.asked();
    await stepTime?.(this.#context.signal);
    const pulled = await this.#world.callUser(`Step ${this.#steps} of the work`, next);
    await stepTime?.(this.#context.signal);
    return this.reached(pulled);
  }

  /** Work that awaits nothing, in steps that take time. */
  async *inTime(
    work: Generator<State | Sleep<State>, Result, void>,
    stepTime: StepTime,
  ): AsyncGenerator<State | Sleep<State>, Result, void> {
    try {
      for (;;) {
        const pulled = await this.pull(async () => work.next(), stepTime);
        if (pulled.done) return pulled.value;
        yield pulled.value;
      }
    } finally {
      work.return(undefined as Result);
    }
  }

  #noteChange(): void {
    const fault = this.#states.changed();
    if (fault) this.#world.note(this.#place, { type: "bad-state", steps: this.#steps, ...fault });
  }

  /** Only microtasks run in such a loop: without an error the process would hang. */
  #endless(): never {
    const error = new LonghaulError(
      "LIVELOCK",
      `The work made ${MAX_STEPS_AT_ONCE} steps, and no virtual time passed: let a step take time with world.step(), or give simulate() stepMs.`,
    );
    this.#world.timeline.fail(error);
    throw error;
  }
}

function isAsync<State, Result>(work: Work<State, Result>): work is AsyncGenerator<State | Sleep<State>, Result, void> {
  return Symbol.asyncIterator in work;
}
