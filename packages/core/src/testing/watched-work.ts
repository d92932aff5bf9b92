import type { RunContext } from "../options.ts";
import type { Work } from "../pump.ts";
import { placeOf, type World } from "./world.ts";

/**
 * Wraps the work: each step is traced from safe point to safe point, and each yielded state is frozen, so that work which
 * changes a state after yielding it fails at once.
 */
export function watchedWork<Event, State, Result>(
  world: World,
  run: (state: State, context: RunContext<Event>) => Work<State, Result>,
): (state: State, context: RunContext<Event>) => Work<State, Result> {
  return (state, context) => {
    const work = run(state, context);
    const invocation = world.invocation;
    const { stats, timeline } = world;
    const { tracesSteps } = world.parts;
    const { budget } = context;
    let steps = 0;
    let beganMs = 0;
    const asked = () => {
      beganMs = timeline.nowMs;
      const remainingMs = budget.remainingMs;
      const neededMs = budget.reserveMs + budget.predictedStepMs;
      // In a trace without steps only the offending ones are kept.
      if (tracesSteps || (steps > 0 && remainingMs <= neededMs)) {
        world.note(placeOf(invocation), { type: "step", steps, remainingMs, neededMs });
      }
      steps++;
    };
    const reached = (pulled: IteratorResult<State, Result>) => {
      const durationMs = timeline.nowMs - beganMs;
      stats.stepMs += durationMs;
      if (!pulled.done) stats.steps++;
      if (tracesSteps) world.note(placeOf(invocation), { type: "safe-point", durationMs });
      if (!pulled.done) deepFreeze(pulled.value);
      return pulled;
    };
    if (isAsync(work)) {
      const next = work.next.bind(work);
      work.next = () => {
        asked();
        return next().then(reached);
      };
    } else {
      const next = work.next.bind(work);
      work.next = () => {
        asked();
        return reached(next());
      };
    }
    return work;
  };
}

function isAsync<State, Result>(work: Work<State, Result>): work is AsyncGenerator<State, Result, void> {
  return Symbol.asyncIterator in work;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
