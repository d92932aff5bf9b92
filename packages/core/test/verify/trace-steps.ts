import type { InvocationEnd, TraceStep } from "../../../../verify/src/trace-step.ts";
import type { RunRecord } from "../../src/state/run-store.ts";
import { ACTIONS, type Model } from "./model.ts";
import { FAIL, FINISH, HAND_OFF, OWNERS, PAUSE, RELEASE, SLEEP, STOP, WRITES } from "./record-space.ts";
import type { SearchResult, SearchStep } from "./search.ts";
import { DEAD, get, IDLE, INVOCATION, SHARED } from "./state-layout.ts";

/** A violation for people: who did what when, and the record before and after. */
export function traceSteps({ trace, model }: NonNullable<SearchResult["violation"]>): TraceStep[] {
  const names = Array.from({ length: model.bounds.invocations }, () => "");
  let [tick, invocations] = [0, 0];
  return trace.map((step) => {
    const { action, slot, value, before, after, places } = step;
    const name = ACTIONS[action]!;
    const isArrival = name.startsWith("event arrives");
    if (name.startsWith("a tick")) tick++;
    if (isArrival) names[slot] = `#${++invocations}`;
    const [was, is] = [before, after].map(([record]) => briefOf(model.space.records[record!], names));
    const ends = endsOf(step, names);
    const told: TraceStep = {
      tick,
      who: whoOf(name, names[slot]!),
      what: sentence(model, step, name),
      isFault: get(after[1]!, SHARED.faults) < get(before[1]!, SHARED.faults),
      ...(was !== is && { change: `${was} -> ${is}` }),
      ...(isArrival && { begins: { invocation: names[slot]!, hop: value } }),
      ...(ends.length > 0 && { ends }),
    };
    const moved = names.slice();
    places?.forEach((from, to) => {
      names[to] = moved[from]!;
    });
    return told;
  });
}

function whoOf(name: string, invocation: string): string {
  if (name.startsWith("sweep")) return "sweep";
  if (name.startsWith("a tick")) return "clock";
  if (name === "event is lost") return "platform";
  if (["stop", "pause", "withdraw", "resume", "rewind", "delete"].includes(name)) return "outside";
  return invocation;
}

function sentence(model: Model, { value, slot, before, after }: SearchStep, name: string): string {
  const word = before[2 + slot]!;
  if (name.startsWith("event")) {
    const isAhead = name !== "event is lost" && get(after[2 + slot]!, INVOCATION.off) === 1;
    return `${name} (hop ${value})${isAhead ? ", its clock a tick ahead" : ""}`;
  }
  if (name.startsWith("begins")) {
    const record = model.space.records[after[0]!];
    return `${name}: hop ${get(word, INVOCATION.hop)}${before[0] === after[0] && record ? ", refused or repeated" : ""}`;
  }
  if (name.startsWith("chooses")) return `${name}: ${WRITES[value]} at ${get(after[2 + slot]!, INVOCATION.position)}`;
  if (name.startsWith("writes") || name.startsWith("gives up on a write")) {
    return `${name}: ${WRITES[value]} at ${get(word, INVOCATION.position)}${before[0] === after[0] ? ", which changes nothing" : ""}`;
  }
  if (name === "sends the next event" || name === "rewind") return `${name} (hop ${value})`;
  return name;
}

/** The invocations that a step ends, and how. */
function endsOf(step: SearchStep, names: readonly string[]): { invocation: string; as: InvocationEnd }[] {
  const { before, after } = step;
  return names.flatMap((invocation, slot) => {
    const [was, is] = [before[2 + slot]!, after[2 + slot]!].map((word) => get(word, INVOCATION.does));
    const isOver = was !== IDLE && was !== DEAD && (is === IDLE || is === DEAD);
    return isOver ? [{ invocation, as: endOf(step) }] : [];
  });
}

const ENDS_OF_WRITES: Readonly<Record<number, InvocationEnd>> = {
  [HAND_OFF]: "continued",
  [SLEEP]: "continued",
  [FINISH]: "done",
  [STOP]: "stopped",
  [PAUSE]: "stopped",
  [RELEASE]: "error",
  [FAIL]: "error",
};

function endOf({ action, value, before, after }: SearchStep): InvocationEnd {
  const name = ACTIONS[action]!;
  if (name.startsWith("a tick")) return "timeout";
  if (name.startsWith("dies")) return "exit";
  if (name.startsWith("sends")) return "continued";
  if (name.startsWith("reports")) return "done";
  // A write that leaves the record was refused, or made before.
  const isWritten = name.startsWith("writes") && before[0] !== after[0];
  return (isWritten && ENDS_OF_WRITES[value]) || "duplicate";
}

/** The part of a record that is shown. Its owner has the name of the invocation that is in its place. */
function briefOf(record: RunRecord | undefined, names: readonly string[]): string {
  if (!record) return "no record";
  const { hop, phase, owner, state, requested, wakeAtMs } = record;
  return [
    `hop ${hop} ${phase}`,
    owner === undefined ? "" : ` by ${names[OWNERS.indexOf(owner)] ?? "one that is gone"}`,
    state === undefined ? "" : ` at ${state}`,
    requested === undefined ? "" : `, ${requested} asked`,
    wakeAtMs === undefined ? "" : ", to wake",
  ].join("");
}
