import type { Searched, SearchLimits } from "../../../../verify/src/exhaustive-check.ts";
import { StateTable } from "../../../../verify/src/state-table.ts";
import type { Bounds } from "./bounds.ts";
import { actionOf, Model } from "./model.ts";
import { type Protocol, shipped } from "./protocol.ts";
import type { Broken } from "./record-space.ts";

/** A step of a trace as the search finds it again: what happened, and the state that followed. */
export interface SearchStep {
  readonly action: number;
  readonly slot: number;
  readonly value: number;
  readonly before: readonly number[];
  /** The state afterwards, before its invocations were put in order. */
  readonly after: readonly number[];
  /** Where each invocation of the next step's state was in `after`. */
  readonly places: readonly number[] | undefined;
}

/** The end of a search. */
export interface SearchResult extends Omit<Searched, "finding"> {
  /** The invariant that fell first, with a shortest trace. */
  readonly violation?: { readonly broken: Broken; readonly trace: readonly SearchStep[]; readonly model: Model };
}

/** How many states are visited between two looks at the clock. */
const STRIDE = 4_096;
/** The fair schedule of a state that was not expanded. */
const UNKNOWN = 0xffffffff;
/** That of one at whose end nothing is left to do. */
const SETTLED = 0xfffffffe;

/** Visits all states within bounds, breadth first, so that the first violation has a shortest trace. */
export function search(bounds: Bounds, protocol: Protocol = shipped, limits: SearchLimits = {}): SearchResult {
  const { states: most = Number.POSITIVE_INFINITY, endMs = Number.POSITIVE_INFINITY, onProgress } = limits;
  const beganMs = Date.now();
  const model = new Model(bounds, protocol);
  const table = new StateTable(model.words);
  const state = model.first();
  table.add(state, 0);
  let [at, depth, levelEnds, transitions] = [0, 0, 1, 0];
  let found: { broken: Broken; parent: number; code: number } | undefined;
  let [rank, fair] = [9, UNKNOWN];
  const emit = (code: number, itsRank: number, broken: Broken | undefined) => {
    transitions++;
    if (broken && !found) found = { broken, parent: at, code };
    model.normalize();
    const index = table.add(model.next, at);
    if (itsRank < rank) [rank, fair] = [itsRank, index];
  };
  for (; at < table.count && !found && table.count < most; at++) {
    if (at === levelEnds) {
      depth++;
      levelEnds = table.count;
    }
    if (at % STRIDE === 0) {
      if (Date.now() >= endMs) break;
      onProgress?.(table.count, depth);
    }
    table.read(at, state);
    [rank, fair] = [9, UNKNOWN];
    model.expand(state, emit);
    table.setFair(at, model.isSettled(state) ? SETTLED : fair);
  }
  const facts = () => ({
    states: table.count,
    transitions,
    depth,
    isWhole: at >= table.count,
    seconds: (Date.now() - beganMs) / 1_000,
  });
  if (found) {
    const trace = traceTo(model, table, found.parent, found.code);
    return { ...facts(), violation: { broken: found.broken, trace, model } };
  }
  const lost = firstLost(table, at);
  if (lost === undefined) return facts();
  const text = "without a further fault, events, sweeps and time do not bring the run to its end";
  return { ...facts(), violation: { broken: { id: "V11", text }, trace: traceTo(model, table, lost), model } };
}

/** The first state from which the fair schedule runs in a circle. */
function firstLost(table: StateTable, expanded: number): number | undefined {
  const [onWay, ends] = [1, 2];
  const marks = new Uint8Array(table.count);
  for (let index = 0; index < expanded; index++) {
    const way: number[] = [];
    let at = index;
    // What was not expanded is not known, and not taken for lost.
    while (at < expanded && marks[at] === 0) {
      marks[at] = onWay;
      way.push(at);
      at = table.fairOf(at);
    }
    if (at < expanded && marks[at] === onWay) return index;
    for (const each of way) marks[each] = ends;
  }
  return undefined;
}

/** The steps to a state, found again by expanding each state on the way. */
function traceTo(model: Model, table: StateTable, last: number, code?: number): SearchStep[] {
  const way = [last];
  while (way[0] !== 0) way.unshift(table.parentOf(way[0]!));
  const steps = way.slice(0, -1).map((index, step) => stepFrom(model, table, index, { to: way[step + 1]! }));
  if (code !== undefined) steps.push(stepFrom(model, table, last, { code }));
  return steps;
}

function stepFrom(
  model: Model,
  table: StateTable,
  index: number,
  wanted: { readonly to?: number; readonly code?: number },
): SearchStep {
  const before = table.read(index, []);
  let found: SearchStep | undefined;
  model.expand(before, (code, _rank, broken) => {
    const after = model.next.slice();
    const places = model.normalize();
    const isIt = wanted.code === undefined ? table.find(model.next) === wanted.to : broken && code === wanted.code;
    if (isIt) found ??= { ...actionOf(code), before, after, places };
  });
  if (!found) throw new Error("The step of a trace was not found again: the functions of the lease are not pure.");
  return found;
}
