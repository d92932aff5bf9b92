import { inAnyOrder, sorted } from "../../../../verify/src/equal-states.ts";
import type { Machine, Step } from "../../../../verify/src/explore.ts";
import { planFleet } from "../../src/size/fleet-plan.ts";
import type { FleetRow } from "../../src/size/fleet-row.ts";
import { type FleetLimits, grow, type Resize, shrink, start, stop, type Writing } from "../../src/size/resize.ts";
import { endRow, newRow } from "../../src/tokens/token-row.ts";
import type { FleetBounds, SizeRequest } from "./fleet-bounds.ts";

/** The pure functions that decide a fleet's size: the shipped ones, or with a deliberate bug. */
export const shipped = { planFleet, start, stop, grow, shrink };

export type FleetFunctions = typeof shipped;

/** An invocation that brings the tokens to the desired number. */
interface Reconciler {
  readonly looks: number;
  /** The changes that it has still to make. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** A fleet at a moment. */
export interface FleetState {
  readonly fleet: FleetRow | null;
  /** Each token, and whether its loop should run. */
  readonly tokens: Readonly<Record<string, boolean>>;
  readonly reconcilers: readonly Reconciler[];
  readonly requests: readonly SizeRequest[];
  readonly crashes: number;
  /** Whether the minimum was reached, in a fleet that was never stopped. */
  readonly hadMinimum: boolean;
  readonly wasStopped: boolean;
}

const LIMITS: FleetLimits = { minLoops: 1, maxLoops: 3, growBy: 1, cooldownMs: 0 };
const WRITING: Writing = { queueUrl: "q", nowMs: 0 };
const CHANGES = ["2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"] as const;
/** As many as `reconcileFleet` makes. */
const MAX_LOOKS = 4;

/** Every order of these requests, with the tokens that their invocations add and end one at a time. */
export function fleetMachine(functions: FleetFunctions, { requests, crashes }: FleetBounds): Machine<FleetState> {
  const rows = (tokens: FleetState["tokens"]) =>
    Object.entries(tokens).map(([token, isRunning]) => {
      const row = newRow({ queueUrl: "q", token }, { loopId: "l", target: "loops", nowMs: 0 });
      return isRunning ? row : endRow(row, 0);
    });
  const running = ({ tokens }: FleetState) => Object.values(tokens).filter(Boolean).length;
  const plan = ({ fleet, tokens }: FleetState) =>
    fleet ? functions.planFleet(fleet, rows(tokens), LIMITS.minLoops) : { add: [], remove: [] };
  const isAtRest = (state: FleetState) => state.requests.length === 0 && state.reconcilers.length === 0;
  return {
    first: { fleet: null, tokens: {}, reconcilers: [], requests, crashes, hadMinimum: false, wasStopped: false },
    next(state) {
      const steps: Step<FleetState>[] = [];
      for (const [at, request] of state.requests.entries()) steps.push(asked(functions, state, request, at));
      for (const [at, one] of state.reconcilers.entries()) {
        steps.push(reconciled(state, one, at, plan));
        if (state.crashes > 0) {
          const reconcilers = state.reconcilers.toSpliced(at, 1);
          steps.push({
            what: `invocation ${at} crashes`,
            state: normal({ ...state, reconcilers, crashes: state.crashes - 1 }),
            isFault: true,
          });
        }
      }
      // The function on a schedule, which corrects what invocations left that died.
      const { add, remove } = plan(state);
      if (isAtRest(state) && add.length + remove.length > 0) {
        const reconcilers = [{ looks: 0, add: [], remove: [] }];
        steps.push({ what: "a sweep begins", state: { ...state, reconcilers } });
      }
      return steps;
    },
    broken(state) {
      const count = running(state);
      if (count > LIMITS.maxLoops) return `V16: ${count} tokens, and the maximum is ${LIMITS.maxLoops}`;
      if (state.hadMinimum && count < LIMITS.minLoops)
        return `V17: ${count} tokens, and the minimum is ${LIMITS.minLoops}`;
      return undefined;
    },
    isOver: (state) => isAtRest(state) && running(state) === (state.fleet?.desired ?? 0),
    ends: "V18: the tokens do not come to the desired number",
  };
}

/** A request writes the fleet's row; then its invocation looks at the tokens. */
function asked(functions: FleetFunctions, state: FleetState, request: SizeRequest, at: number): Step<FleetState> {
  const resize = resizeFor(functions, state.fleet ?? undefined, request);
  const fleet = "row" in resize ? resize.row : state.fleet;
  const reconcilers = [...state.reconcilers, { looks: 0, add: [], remove: [] }];
  const requests = state.requests.toSpliced(at, 1);
  return {
    what: `${request}: ${fleet?.desired ?? 0} desired`,
    state: normal({ ...state, fleet, reconcilers, requests, wasStopped: state.wasStopped || request === "stop" }),
  };
}

function resizeFor(
  { start, stop, grow, shrink }: FleetFunctions,
  fleet: FleetRow | undefined,
  request: SizeRequest,
): Resize {
  switch (request) {
    case "start 1":
      return start(fleet, 1, LIMITS, WRITING);
    case "start 3":
      return start(fleet, 3, LIMITS, WRITING);
    case "stop":
      return stop(fleet, WRITING);
    case "alarm begins":
      return grow(fleet, { alarmArn: "a", changedAt: CHANGES[0] }, LIMITS, WRITING);
    case "alarm ends":
      return shrink(fleet, { alarmArn: "a", changedAt: CHANGES[1] }, LIMITS, WRITING);
  }
}

/** The next read or write of an invocation; each write is conditional on the token's row. */
function reconciled(
  state: FleetState,
  { looks, add, remove }: Reconciler,
  at: number,
  plan: (state: FleetState) => { readonly add: readonly string[]; readonly remove: readonly string[] },
): Step<FleetState> {
  const others = state.reconcilers.toSpliced(at, 1);
  const [ended] = remove;
  const [added] = add;
  if (ended !== undefined) {
    const tokens = state.tokens[ended] ? { ...state.tokens, [ended]: false } : state.tokens;
    const reconcilers = state.reconcilers.with(at, { looks, add, remove: remove.slice(1) });
    return { what: `invocation ${at} ends ${ended.slice(0, 4)}`, state: normal({ ...state, tokens, reconcilers }) };
  }
  if (added !== undefined) {
    const tokens = added in state.tokens ? state.tokens : { ...state.tokens, [added]: true };
    const reconcilers = state.reconcilers.with(at, { looks, add: add.slice(1), remove });
    return { what: `invocation ${at} adds ${added.slice(0, 4)}`, state: normal({ ...state, tokens, reconcilers }) };
  }
  const planned = plan(state);
  const isNothing = planned.add.length + planned.remove.length === 0;
  const what = `invocation ${at} looks: ${planned.add.length} to add, ${planned.remove.length} to end`;
  if (looks === MAX_LOOKS || isNothing) return { what, state: normal({ ...state, reconcilers: others }) };
  const reconcilers = state.reconcilers.with(at, { looks: looks + 1, ...planned });
  return { what, state: normal({ ...state, reconcilers }) };
}

/** Equal states look equal: tokens and invocations are in order. */
function normal(state: FleetState): FleetState {
  const count = Object.values(state.tokens).filter(Boolean).length;
  return {
    ...state,
    tokens: sorted(state.tokens),
    reconcilers: inAnyOrder(state.reconcilers),
    hadMinimum: !state.wasStopped && (state.hadMinimum || count >= LIMITS.minLoops),
  };
}
