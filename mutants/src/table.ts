import type { Verdict } from "./try-mutants.ts";

/** One line of a verdict. */
export function lineOf({ mutant, state, detail, seconds }: Verdict): string {
  const name = `${mutant.package.replace("packages/", "")}/${mutant.id}`;
  const line = `${state.padEnd(15)} ${seconds.toFixed(1).padStart(6)} s  ${name.padEnd(50)} ${mutant.promise}`;
  return state === "caught" ? line : `${line}\n${" ".repeat(26)}${detail} (${mutant.testFile}, "${mutant.test}")`;
}

/** A verdict for programs. */
export function plain({ mutant, ...verdict }: Verdict): object {
  const { package: folder, id, promise, file, testFile, test } = mutant;
  return { package: folder, id, promise, ...verdict, file, testFile, test };
}

/** The last line. */
export function summaryOf(verdicts: readonly Verdict[], seconds: number): string {
  const caught = verdicts.filter(({ state }) => state === "caught").length;
  const took = seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
  return `${caught} of ${verdicts.length} deliberate bugs were caught by the test that is named for them, in ${took}.`;
}
