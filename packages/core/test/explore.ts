/** A step from one state to the next. */
export interface Step<State> {
  /** A sentence for the trace. */
  readonly what: string;
  readonly state: State;
  /** Something that goes wrong. What has to come about comes about without it. */
  readonly isFault?: boolean;
}

/** A machine all of whose states can be visited. States are plain JSON. */
export interface Machine<State> {
  readonly first: State;
  readonly next: (state: State) => readonly Step<State>[] | Promise<readonly Step<State>[]>;
  /** The invariant that falls in a state, as `V13: why`. */
  readonly broken: (state: State) => string | undefined;
  /** Whether everything has come about that has to. */
  readonly isOver: (state: State) => boolean;
  /** The invariant that falls if it cannot come about. */
  readonly ends: string;
}

/** The result of {@link explore}. */
export interface Explored {
  readonly states: number;
  /** The invariant that falls, and the shortest way there. */
  readonly finding?: { readonly broken: string; readonly trace: readonly string[] };
}

interface Visited {
  readonly parent: number;
  readonly what: string;
  readonly isOver: boolean;
  /** Those that a step without a fault leads here from. */
  readonly before: number[];
}

/**
 * Visits every state that a machine can reach, breadth first, so that the way to a finding is a shortest one. Then checks
 * that from each state its end can be reached without further faults.
 *
 * @throws RangeError beyond `maxStates`: nothing is said of a machine that was visited in part.
 */
export async function explore<State>(machine: Machine<State>, maxStates = 2_000_000): Promise<Explored> {
  const { first, next, broken, isOver, ends } = machine;
  const numbers = new Map<string, number>();
  const visited: Visited[] = [];
  const waiting: State[] = [];
  const visit = (state: State, parent: number, what: string): number => {
    const key = JSON.stringify(state);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (visited.length === maxStates) throw new RangeError(`More than ${maxStates} states.`);
    numbers.set(key, visited.length);
    waiting.push(state);
    return visited.push({ parent, what, isOver: isOver(state), before: [] }) - 1;
  };
  const found = (at: number, why: string): Explored => ({
    states: visited.length,
    finding: { broken: why, trace: traceTo(visited, at) },
  });
  visit(first, -1, "");
  for (let at = 0; at < waiting.length; at++) {
    const state = waiting[at]!;
    const why = broken(state);
    if (why !== undefined) return found(at, why);
    for (const { what, state: after, isFault } of await next(state)) {
      const to = visit(after, at, what);
      if (!isFault) visited[to]!.before.push(at);
    }
  }
  const stuck = firstStuck(visited);
  return stuck === undefined ? { states: visited.length } : found(stuck, ends);
}

/** The first state from which none that is over can be reached. */
function firstStuck(visited: readonly Visited[]): number | undefined {
  const ends = new Set<number>();
  const waiting = visited.flatMap(({ isOver }, at) => (isOver ? [at] : []));
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (ends.has(at)) continue;
    ends.add(at);
    waiting.push(...visited[at]!.before);
  }
  const stuck = visited.findIndex((_, at) => !ends.has(at));
  return stuck === -1 ? undefined : stuck;
}

function traceTo(visited: readonly Visited[], last: number): string[] {
  const trace: string[] = [];
  for (let at = last; at > 0; at = visited[at]!.parent) trace.unshift(visited[at]!.what);
  return trace;
}
