import { inAnyOrder, sorted } from "../../../../verify/src/equal-states.ts";
import type { Machine, Step } from "../../../../verify/src/explore.ts";
import type { KeyRange } from "../../src/listing/key-range.ts";
import { PartBook } from "../../src/runs/part-book.ts";
import { childOf, FIRST_PART, type LogEntry, originOf, partsIfAllDone } from "../../src/runs/part-log.ts";
import { subtractRanges } from "../../src/runs/subtract-ranges.ts";
import { PartTakenOverError } from "../../src/runs/walk-errors.ts";
import type { WalkRecords } from "../../src/runs/walk-records.ts";
import type { WalkBounds } from "./walk-bounds.ts";

/** The shipped functions that divide a walk, or with a deliberate bug; and rules of a hop that a bug may break. */
export const shipped = {
  subtractRanges,
  partsIfAllDone,
  openBook: PartBook.open,
  /** The ranges that a checkpoint saves: those in the walk, and those that leave it. */
  saved: (open: readonly string[], leaving: readonly string[]): readonly string[] => [...open, ...leaving].sort(),
  /** The children that a hop starts as it begins. */
  childrenToStart: (book: PartBook): readonly string[] => book.children,
};

export type WalkFunctions = typeof shipped;

/** The keys of a part that are not counted, and those that are. */
interface Keys {
  readonly open: readonly string[];
  readonly counted: readonly string[];
}

/** A hop of a part. */
interface Hop extends Keys {
  readonly part: string;
  /** Grows with each hop of the part. */
  readonly token: number;
  readonly does: "reads" | "announces" | "walks" | "joins";
  /** How many entries of its log it knows. */
  readonly known: number;
  readonly leaving: readonly string[];
  /** Children that it has still to start. */
  readonly starts: readonly string[];
}

/** A conditional write on its way to a log. It arrives even if its hop dies. */
interface Write {
  readonly part: string;
  readonly index: number;
  readonly entry: LogEntry;
}

/** A walk at a moment. */
export interface WalkState {
  readonly logs: Readonly<Record<string, readonly LogEntry[]>>;
  /** The parts whose runs exist, with their last checkpoint. */
  readonly runs: Readonly<Record<string, Keys>>;
  /** The parts whose runs are over. */
  readonly over: readonly string[];
  /** Hops of each part so far. */
  readonly tokens: Readonly<Record<string, number>>;
  /** The hops that have the lease of their part. */
  readonly hops: readonly Hop[];
  /** Hops that lost their lease and do not know. */
  readonly stale: readonly Hop[];
  readonly writes: readonly Write[];
  readonly faults: number;
  /** The keys that the result counts. */
  readonly result: readonly string[] | null;
}

/** Every interleaving of the hops of a walk: they count keys, give some away, die, and join. */
export function walkMachine(functions: WalkFunctions, bounds: WalkBounds): Machine<WalkState> {
  const first: WalkState = {
    logs: {},
    runs: { [FIRST_PART]: { open: bounds.keys, counted: [] } },
    ...{ over: [], tokens: {}, hops: [], stale: [], writes: [], result: null },
    faults: bounds.faults,
  };
  return {
    first,
    async next(state) {
      const steps: Step<WalkState>[] = [];
      for (const part of Object.keys(state.runs)) steps.push(...begun(state, part, bounds));
      for (const list of ["hops", "stale"] as const) {
        for (const [at, hop] of state[list].entries()) {
          if (state.faults > 0) {
            steps.push({
              what: `a hop of ${hop.part} dies`,
              state: normal({ ...state, [list]: state[list].toSpliced(at, 1), faults: state.faults - 1 }),
              isFault: true,
            });
          }
          for (const { what, ...change } of await hopSteps(functions, state, hop, list === "stale", bounds)) {
            const hops = change.hop ? state[list].with(at, change.hop) : state[list].toSpliced(at, 1);
            steps.push({ what: `${hop.part}: ${what}`, state: normal({ ...state, ...change.world, [list]: hops }) });
          }
        }
      }
      for (const [at, write] of state.writes.entries()) steps.push(arrived(state, write, at));
      return steps;
    },
    broken: (state) => brokenIn(state, bounds.keys),
    isOver: ({ result, over, runs }) => result !== null && Object.keys(runs).every((part) => over.includes(part)),
    ends: "V15: the walk does not end",
  };
}

function brokenIn({ result, logs, hops }: WalkState, keys: readonly string[]): string | undefined {
  if (result !== null && result.join() !== keys.join()) return `V13: the result counts ${result.join() || "nothing"}`;
  for (const { part, does, open, counted } of hops) {
    if (does !== "walks") continue;
    const given = (logs[part] ?? []).flatMap((entry) => (entry.kind === "gave" ? keysIn(entry.ranges, keys) : []));
    const both = given.find((key) => open.includes(key) || counted.includes(key));
    if (both !== undefined) return `V14: ${part} has ${both}, which it gave away`;
  }
  return undefined;
}

/** A hop of a part begins: the first, one after a death, or one whose forerunner is only thought dead. */
function begun(state: WalkState, part: string, bounds: WalkBounds): Step<WalkState>[] {
  if (state.over.includes(part)) return [];
  if (state.hops.length + state.stale.length >= bounds.hops) return [];
  const before = state.hops.find((hop) => hop.part === part);
  if (before && (state.faults === 0 || state.stale.length > 0)) return [];
  const { open, counted } = state.runs[part]!;
  const token = (state.tokens[part] ?? 0) + 1;
  const tokens = sorted({ ...state.tokens, [part]: token });
  const hop: Hop = { part, token, does: "reads", known: 0, open, counted, leaving: [], starts: [] };
  const hops = [...state.hops.filter((other) => other !== before), hop];
  if (!before) return [{ what: `a hop of ${part} begins`, state: normal({ ...state, hops, tokens }) }];
  const stale = [...state.stale, before];
  const after = { ...state, hops, tokens, stale, faults: state.faults - 1 };
  return [{ what: `a hop of ${part} begins while another stands still`, state: normal(after), isFault: true }];
}

interface HopStep {
  readonly what: string;
  /** The hop afterwards; `undefined` if it ended. */
  readonly hop?: Hop;
  readonly world?: Partial<WalkState>;
}

async function hopSteps(
  functions: WalkFunctions,
  state: WalkState,
  hop: Hop,
  isStale: boolean,
  bounds: WalkBounds,
): Promise<HopStep[]> {
  const log = state.logs[hop.part] ?? [];
  switch (hop.does) {
    case "reads":
      return [{ what: "reads its log", hop: { ...hop, does: "announces", known: log.length } }];
    case "announces":
      return [await announced(functions, state, hop, bounds)];
    case "walks":
      return walkSteps(functions, state, hop, isStale, bounds);
    case "joins": {
      const outlines = new Map(Object.entries(state.logs).map(([part, list]) => [part, list.map(({ kind }) => kind)]));
      const parts = functions.partsIfAllDone(outlines);
      const over = [...state.over, hop.part].sort();
      if (!parts) return [{ what: "is not the last", world: { over } }];
      const result = parts.flatMap((part) => summaryOf(state.logs[part] ?? [])).sort();
      return [{ what: "joins the walk", world: { over, result } }];
    }
  }
}

/** `PartBook.open()` with what was read: one conditional write of `began`, unless the part is done. */
async function announced(
  { openBook, subtractRanges, childrenToStart }: WalkFunctions,
  state: WalkState,
  hop: Hop,
  { keys }: WalkBounds,
): Promise<HopStep> {
  let log = state.logs[hop.part] ?? [];
  const again = new Error("The log has to be read again.");
  let reads = 0;
  const records = recordsOf({
    log: () => {
      if (reads++ > 0) throw again;
      return log.slice(0, hop.known);
    },
    append(index, entry) {
      if (index !== log.length) return false;
      log = [...log, entry];
      return true;
    },
  });
  try {
    const book = await openBook(records, "walk", hop.part, hop.token);
    if (book.isDone) return { what: "finds itself done", hop: { ...hop, does: "joins" } };
    const open = keysIn(subtractRanges(rangesOf(hop.open, keys), book.given), keys);
    const starts = childrenToStart(book).filter((child) => !(child in state.runs));
    const world = { logs: sorted({ ...state.logs, [hop.part]: log }) };
    return { what: "announces itself", hop: { ...hop, does: "walks", known: log.length, open, starts }, world };
  } catch (error) {
    if (error instanceof PartTakenOverError) return { what: "finds a later attempt, and ends" };
    if (error !== again) throw error;
    return { what: "is not the first to write", hop: { ...hop, does: "reads", known: 0 } };
  }
}

async function walkSteps(
  functions: WalkFunctions,
  state: WalkState,
  hop: Hop,
  isStale: boolean,
  { keys, parts }: WalkBounds,
): Promise<HopStep[]> {
  const steps: HopStep[] = [];
  const { open, counted, leaving, starts, part } = hop;
  const [key, ...rest] = open;
  const isGiving = state.writes.some(({ index, part: of }) => of === part && index === hop.known);
  const [child] = starts;
  if (child !== undefined) {
    const { parent, index } = originOf(child)!;
    const entry = state.logs[parent]?.[index];
    const run: Keys = { open: entry?.kind === "gave" ? keysIn(entry.ranges, keys) : [], counted: [] };
    const runs = child in state.runs ? state.runs : sorted({ ...state.runs, [child]: run });
    steps.push({ what: `starts ${child}`, hop: { ...hop, starts: starts.slice(1) }, world: { runs } });
  }
  if (key !== undefined) {
    steps.push({ what: `counts ${key}`, hop: { ...hop, open: rest, counted: [...counted, key] } });
  }
  const saved: Keys = { open: functions.saved(open, leaving), counted };
  if (JSON.stringify(saved) !== JSON.stringify(state.runs[part])) {
    // The record refuses a hop that lost its lease, which ends.
    steps.push(
      isStale
        ? { what: "is refused a checkpoint" }
        : { what: "saves its state", hop, world: { runs: { ...state.runs, [part]: saved } } },
    );
  }
  if (open.length > 0 && leaving.length === 0 && !isGiving && Object.keys(state.runs).length < parts) {
    const gift = open.slice(-1);
    const entry: LogEntry = { kind: "gave", ranges: rangesOf(gift, keys) };
    const writes = [...state.writes, { part, index: hop.known, entry }];
    steps.push({ what: `gives ${gift}`, hop: { ...hop, open: open.slice(0, -1), leaving: gift }, world: { writes } });
  }
  if (leaving.length > 0 && !isGiving) steps.push(answered(state, hop));
  if (open.length === 0 && leaving.length === 0 && starts.length === 0 && !isGiving) {
    const entry: LogEntry = { kind: "done", ending: { summary: JSON.stringify(counted), learned: [] } };
    const log = state.logs[part] ?? [];
    steps.push(
      log.length === hop.known
        ? {
            what: "is done",
            hop: { ...hop, does: "joins" },
            world: { logs: { ...state.logs, [part]: [...log, entry] } },
          }
        : { what: "is refused its end" },
    );
  }
  return steps;
}

/** The answer to a gift: it is in the log, or another hop was quicker. */
function answered(state: WalkState, hop: Hop): HopStep {
  const index = hop.known;
  const entry = state.logs[hop.part]?.[index];
  const gift = hop.leaving.join();
  if (entry?.kind !== "gave") return { what: `is refused the gift of ${gift}` };
  const starts = [...hop.starts, childOf(hop.part, index)];
  return { what: `has given ${gift}`, hop: { ...hop, known: index + 1, leaving: [], starts } };
}

/** A write arrives, and counts only if its index is free. */
function arrived(state: WalkState, { part, index, entry }: Write, at: number): Step<WalkState> {
  const log = state.logs[part] ?? [];
  const isWritten = index === log.length;
  const logs = isWritten ? { ...state.logs, [part]: [...log, entry] } : state.logs;
  const what = `the gift of ${part} arrives at ${index}${isWritten ? "" : ", too late"}`;
  return { what, state: normal({ ...state, logs, writes: state.writes.toSpliced(at, 1) }) };
}

function summaryOf(log: readonly LogEntry[]): string[] {
  const last = log.at(-1);
  return last?.kind === "done" ? (JSON.parse(last.ending.summary) as string[]) : [];
}

/** Each key as the range from the key before it. */
function rangesOf(some: readonly string[], keys: readonly string[]): KeyRange[] {
  return some.map((key) => {
    const at = keys.indexOf(key);
    return { after: at === 0 ? "" : keys[at - 1]!, through: at === keys.length - 1 ? null : key };
  });
}

function keysIn(ranges: readonly KeyRange[], keys: readonly string[]): string[] {
  return keys.filter((key) => ranges.some(({ after, through }) => after < key && (through === null || key <= through)));
}

function recordsOf(given: {
  readonly log: () => readonly LogEntry[];
  readonly append: (index: number, entry: LogEntry) => boolean;
}): WalkRecords {
  const used: Partial<WalkRecords> = {
    log: async () => given.log(),
    append: async (_walk, _part, index, entry) => given.append(index, entry),
    release: async () => {},
  };
  return used as WalkRecords;
}

/** Equal states look equal. */
function normal(state: WalkState): WalkState {
  const { logs, tokens, hops, stale } = withRanks(state);
  return {
    ...state,
    tokens,
    logs,
    hops: inAnyOrder(hops),
    stale: inAnyOrder(stale),
    writes: inAnyOrder(state.writes),
  };
}

/** Tokens are only compared, so those of a part that still occur are renamed to 1, 2, 3 in their order. */
function withRanks(state: WalkState): Pick<WalkState, "logs" | "tokens" | "hops" | "stale"> {
  const all = [...state.hops, ...state.stale];
  let changed: Pick<WalkState, "logs" | "tokens" | "hops" | "stale"> = state;
  for (const part of Object.keys(state.tokens)) {
    const ofLog = (state.logs[part] ?? []).flatMap((entry) => (entry.kind === "began" ? [entry.token ?? 0] : []));
    const ofHops = all.flatMap((hop) => (hop.part === part ? [hop.token] : []));
    const ranks = [...new Set([...ofLog, ...ofHops])].sort((one, other) => one - other);
    if (ranks.length === state.tokens[part]) continue;
    const rank = (token: number) => ranks.indexOf(token) + 1;
    const entries = (log: readonly LogEntry[]): LogEntry[] =>
      log.map((entry) => (entry.kind === "began" ? { ...entry, token: rank(entry.token ?? 0) } : entry));
    const hop = (each: Hop) => (each.part === part ? { ...each, token: rank(each.token) } : each);
    changed = {
      logs: { ...changed.logs, ...(changed.logs[part] && { [part]: entries(changed.logs[part]) }) },
      tokens: { ...changed.tokens, [part]: ranks.length },
      hops: changed.hops.map(hop),
      stale: changed.stale.map(hop),
    };
  }
  return changed;
}
