import type { Searched, SearchLimits } from "./exhaustive-check.ts";
import { PackedStates } from "./packed-states.ts";
import { StepList } from "./step-list.ts";

/** A step from one state to the next. */
export interface Step<State> {
  /** A sentence for the trace. */
  readonly what: string;
  readonly state: State;
  /** Something that goes wrong. What has to come about comes about without it. */
  readonly isFault?: boolean;
}

/** A machine all of whose states can be visited. States are plain JSON, and all have the same fields. */
export interface Machine<State> {
  readonly first: State;
  readonly next: (state: State) => readonly Step<State>[] | Promise<readonly Step<State>[]>;
  /** The invariant that falls in a state, as `V13: why`. */
  readonly broken: (state: State) => string | undefined;
  /** Whether everything has come about that has to. */
  readonly isOver: (state: State) => boolean;
  /** The invariant that falls if it cannot come about, as `V15: why`. */
  readonly ends: string;
}

/** The result of {@link explore}. */
export interface Explored extends Omit<Searched, "seconds" | "finding"> {
  /** The invariant that falls, and the shortest way there. */
  readonly finding?: { readonly broken: string; readonly trace: readonly Omit<Step<unknown>, "state">[] };
}

/** How many states are visited between two looks at the clock. */
const STRIDE = 1_024;

/**
 * Visits every state that a machine can reach, breadth first, so that the way to a finding is a shortest one. Then checks
 * that from each state its end can be reached without further faults.
 */
export async function explore<State extends object>(
  machine: Machine<State>,
  { states: most = Number.POSITIVE_INFINITY, endMs = Number.POSITIVE_INFINITY, onProgress }: SearchLimits = {},
): Promise<Explored> {
  const { first, next, broken, isOver, ends } = machine;
  const states = new PackedStates(first);
  const faultless = new StepList();
  const over: number[] = [];
  let [at, depth, levelEnds, transitions] = [0, 0, 1, 0];
  const facts = () => ({ states: states.count, transitions, depth, isWhole: at >= states.count });
  const found = async (why: string, last: number) => ({
    ...facts(),
    finding: { broken: why, trace: await traceTo(machine, states, last) },
  });
  for (; at < states.count && states.count < most; at++) {
    if (at === levelEnds) {
      depth++;
      levelEnds = states.count;
    }
    if (at % STRIDE === 0) {
      if (Date.now() >= endMs) break;
      onProgress?.(states.count, depth);
    }
    const state = states.read(at);
    const why = broken(state);
    if (why !== undefined) return found(why, at);
    if (isOver(state)) over.push(at);
    for (const { state: after, isFault } of await next(state)) {
      transitions++;
      const to = states.add(after, at);
      if (!isFault) faultless.add(at, to);
    }
  }
  const stuck = firstStuck(faultless, states.count, at, over);
  return stuck === undefined ? facts() : found(ends, stuck);
}

/** The first state from which none that is over can be reached. What was not expanded is not known, and not taken for stuck. */
function firstStuck(faultless: StepList, count: number, expanded: number, over: readonly number[]): number | undefined {
  const ends = new Uint8Array(count).fill(1, expanded);
  const waiting = [...over, ...Array.from({ length: count - expanded }, (_, at) => expanded + at)];
  for (const each of over) ends[each] = 1;
  const before = faultless.backwards(count);
  for (let to = waiting.pop(); to !== undefined; to = waiting.pop()) {
    for (const from of before(to)) {
      if (ends[from] === 1) continue;
      ends[from] = 1;
      waiting.push(from);
    }
  }
  const stuck = ends.indexOf(0);
  return stuck === -1 ? undefined : stuck;
}

/** The steps to a state, found again by expanding each state on the way. */
async function traceTo<State extends object>(
  { next }: Machine<State>,
  states: PackedStates<State>,
  last: number,
): Promise<Omit<Step<State>, "state">[]> {
  const trace: Omit<Step<State>, "state">[] = [];
  for (let to = last; to > 0; to = states.parentOf(to)) {
    const steps = await next(states.read(states.parentOf(to)));
    const step = steps.find(({ state }) => states.find(state) === to);
    if (!step) throw new Error("A step of the trace was not found again: the functions of the machine are not pure.");
    const { state: _, ...rest } = step;
    trace.unshift(rest);
  }
  return trace;
}
