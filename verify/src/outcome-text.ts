import type { ExhaustiveCheck } from "./exhaustive-check.ts";
import { findingText } from "./finding-text.ts";
import type { SearchedBounds } from "./search-all.ts";

/** The lines for what was visited of each check, and for each invariant that fell. */
export function outcomeText(
  checks: readonly ExhaustiveCheck[],
  searched: readonly SearchedBounds[],
  seconds: number,
): string {
  const parts = checks.flatMap(({ name, invariants }) => {
    const own = searched.filter(({ of }) => of === name);
    return own.length === 0
      ? []
      : [`${name}, ${invariants[0]} to ${invariants.at(-1)}`, ...own.map((each) => `  ${lineOf(each)}`)];
  });
  const total = searched.reduce((sum, { states }) => sum + states, 0);
  const findings = searched.flatMap(({ of, bounds, finding }) =>
    finding ? [`\n${of}, ${bounds.name}: ${findingText(finding)}`] : [],
  );
  return [
    ...parts,
    `${number(total)} states in ${seconds.toFixed(1)} s: ${number(Math.round(total / seconds))} a second`,
    ...(findings.length > 0 ? findings : ["No invariant falls."]),
  ].join("\n");
}

function lineOf({ bounds, states, depth, isWhole, finding }: SearchedBounds): string {
  const end = finding ? `${finding.invariant} FALLS` : isWhole ? "all visited" : "not all visited";
  return `${bounds.name}: ${bounds.limits}\n    ${number(states)} states, ${depth} steps deep, ${end}`;
}

/** `1,234,567`. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}
