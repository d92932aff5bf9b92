import type { RunRecord } from "../../src/state/run-store.ts";
import { ACTIONS, type Model } from "./model.ts";
import { WRITES } from "./record-space.ts";
import type { SearchResult, TraceStep } from "./search.ts";
import { get, INVOCATION } from "./state-layout.ts";

/** A violation for people: what fell, and each step to it. */
export function traceText({ broken, trace, model }: NonNullable<SearchResult["violation"]>): string {
  const names = Array.from({ length: model.bounds.invocations }, () => "");
  let [tick, invocations] = [0, 0];
  const lines: string[] = [];
  for (const step of trace) {
    const { action, slot, before, after, places } = step;
    const name = ACTIONS[action]!;
    if (name.startsWith("a tick")) tick++;
    if (name.startsWith("event arrives")) names[slot] = `#${++invocations}`;
    const who = whoOf(name, names[slot]!);
    const record = model.space.records[before[0]!];
    const next = model.space.records[after[0]!];
    const change = changeOf(record, next);
    lines.push(
      `${`t=${tick}`.padEnd(5)} ${who.padEnd(9)} ${sentence(model, step, name)}${change && `\n${" ".repeat(16)}${change}`}`,
    );
    const moved = names.slice();
    places?.forEach((from, to) => {
      names[to] = moved[from]!;
    });
  }
  return [`${broken.id} falls: ${broken.text}.`, ...lines].join("\n");
}

function whoOf(name: string, invocation: string): string {
  if (name.startsWith("sweep")) return "sweep";
  if (name.startsWith("a tick")) return "clock";
  if (name === "event is lost") return "platform";
  if (["stop", "pause", "withdraw", "resume", "rewind", "delete"].includes(name)) return "outside";
  return invocation;
}

function sentence(model: Model, { value, slot, before, after }: TraceStep, name: string): string {
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

/** A record before and after, if it differs in what is shown. */
function changeOf(before: RunRecord | undefined, after: RunRecord | undefined): string {
  const [was, is] = [before, after].map((record) => (record ? brief(record) : "no record"));
  return was === is ? "" : `${was} -> ${is}`;
}

function brief({ hop, phase, owner, state, requested, wakeAtMs }: RunRecord): string {
  return [
    `hop ${hop} ${phase}`,
    owner === undefined ? "" : ` by ${owner}`,
    state === undefined ? "" : ` at ${state}`,
    requested === undefined ? "" : `, ${requested} asked`,
    wakeAtMs === undefined ? "" : ", to wake",
  ].join("");
}
