import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { positiveNumber, type Verb, verb } from "../verb.ts";
import { withAccess } from "./access-options.ts";

/** `longhaul runs`: lists runs. */
export const runsVerb: Verb = (end) =>
  withAccess(
    verb("runs", {
      summary: "List runs, the latest change first.",
      description:
        "Lists the runs of a table, the latest change first. It reads a page of an index, whatever the table holds. With " +
        "--watch it looks every two seconds, until Ctrl-C: on a terminal the list is redrawn, elsewhere each run that has " +
        "changed is a line.",
      examples: ["longhaul runs --function my-function", "longhaul runs --status failed --since 24h --json"],
    })
      .addOption(
        new Option("--status <status>", "Only runs in this status.").choices([
          "running",
          "sleeping",
          "paused",
          "done",
          "failed",
          "stopped",
        ] as const),
      )
      .option("--since <time>", "Only runs that began since: 30m, 24h, 7d, or a date.", since)
      .option("--limit <n>", "Most runs to list.", positiveNumber, 20)
      .option("--cursor <text>", "Of the list before: continues behind it.")
      .option("--watch", "Look again and again, until Ctrl-C.")
      .option("--json", "Print the runs as JSON; with --watch, a line for each run.")
      .action(async (options) => {
        const { runs } = await import("./runs.ts");
        end(await runs(options));
      }),
  );

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads a time of the past, as `24h` or a date. */
export function since(text: string, _before?: unknown, nowMs = Date.now()): Date {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const time = unit ? new Date(nowMs - Number(amount) * UNITS[unit as keyof typeof UNITS]) : new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError("It must be as 30m, 24h, 7d, or a date.");
  return time;
}
