import type { RunHistory } from "./run-history.ts";
import { namesOfRuns } from "./run-names.ts";

/** So many colours tell runs apart; then they begin again. */
const COLORS = 6;

/** How the runs of a job are told apart on a page: by name, colour and filter. */
export interface RunMarks {
  /** Runs in the order in which they began. */
  readonly runs: readonly string[];
  nameOf(run: string): string;
  /** Class of shapes and swatches. */
  colorOf(run: string): string;
  /** The attribute by which the filter finds what belongs to a run, with a space before it. */
  attribute(run: string): string;
}

/** Marks for the runs of a job; `undefined` if there is one run alone. */
export function marksOf(history: RunHistory): RunMarks | undefined {
  const names = namesOfRuns(history);
  if (names.size < 2) return undefined;
  const runs = [...names.keys()];
  const places = new Map(runs.map((run, at) => [run, at]));
  return {
    runs,
    nameOf: (run) => names.get(run) ?? "unknown",
    colorOf(run) {
      const at = places.get(run);
      return at === undefined ? "work" : `run${at % COLORS}`;
    },
    attribute(run) {
      const at = places.get(run);
      return at === undefined ? "" : ` data-run="${at}"`;
    },
  };
}
