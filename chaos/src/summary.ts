import { clock } from "../../scripts/clock.ts";
import type { Progress } from "./chaos-app.ts";
import type { FaultKind } from "./fault-plan.ts";
import type { LaneReport } from "./lane.ts";

const KINDS: readonly FaultKind[] = ["killed", "lost", "doubled", "throttled", "failed calls"];

/** How far all apps are, in one line. */
export function progressLine(progress: ReadonlyMap<string, Progress>, elapsedMs: number): string {
  const apps = [...progress].map(([app, { begun, done }]) => `${app} ${done}/${begun}`);
  return `${clock(elapsedMs)}  ${apps.join("  ")}`;
}

/** The report as a table, and below it what is wrong. */
export function summaryOf({ seed, seconds, isExact, apps }: LaneReport): string[] {
  const rows = [
    ["app", "done", ...KINDS, "poison", "result"],
    ...apps.map(({ app, units, begun, done, faults, poison, problems }) => [
      app,
      `${done}/${begun} ${units}`,
      ...KINDS.map((kind) => String(faults[kind] ?? 0)),
      String(poison),
      problems.length === 0 ? "exact" : "WRONG",
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const problems = apps.flatMap(({ app, problems }) => problems.map((problem) => `${app}: ${problem}`));
  const verdict = isExact
    ? `All results are exact, and no dead letters but the poison. Seed ${seed}, ${seconds} s.`
    : `Not exact. Seed ${seed}, ${seconds} s. Again: npm run chaos -- --seed ${seed}`;
  return [...lines, "", ...problems, ...(problems.length > 0 ? [""] : []), verdict];
}
