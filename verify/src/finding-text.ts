import type { Finding } from "./exhaustive-check.ts";

/** An invariant that fell, for people: which one, and each step to it. */
export function findingText({ invariant, text, trace }: Finding): string {
  const lines = trace.map(({ tick, who = "", what, change }) => {
    const line = tick === undefined ? `  ${what}` : `${`t=${tick}`.padEnd(5)} ${who.padEnd(9)} ${what}`;
    return change === undefined ? line : `${line}\n${" ".repeat(16)}${change}`;
  });
  return [`${invariant} falls: ${text}.`, ...lines].join("\n");
}
