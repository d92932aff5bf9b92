import { type Verb, verb } from "../verb.ts";

/** `longhaul report RUN`: shows a run that was made with `longhaul run`. */
export const reportVerb: Verb = (end) =>
  verb("report", {
    summary: "Show a run: its figures, or all of it as an HTML page.",
    description: "Shows a run that was made with `longhaul run`. Without --html or --json it prints the run's figures.",
    examples: ["longhaul report last --html"],
  })
    .argument("<run>", "a run's id, its short name, or `last`")
    .option("--html", "Write one HTML file: errors, hops, progress, budget and cost.")
    .option("-o, --out <file>", "Where to write it. Default: longhaul-RUN.html.")
    .option("--json", "Print the figures as JSON.")
    .action(async (run, options) => {
      const { report } = await import("./report.ts");
      end(await report(run, options));
    });
