import { writeFile } from "node:fs/promises";
import { htmlReport } from "../report/html-report.ts";
import { summarize } from "../report/run-history.ts";
import { type Command, EXIT, UsageError } from "./command.ts";
import { readHistory, shortName } from "./run-files.ts";
import { summaryTable } from "./summary-table.ts";
import { screenOn } from "./terminal.ts";

/** `longhaul report RUN`: draws the timeline of a run that was made with `longhaul run`. */
export const reportCommand: Command = {
  name: "report",
  usage: "report RUN [--html] [--json]",
  summary: "Show a run: its figures, or its timeline as an HTML page.",
  details: "RUN is a run's id, its short name, or `last`. Without --html or --json the figures are printed.",
  options: {
    html: { type: "boolean", help: "Write the timeline as one HTML file." },
    out: { type: "string", short: "o", value: "FILE", help: "Where to write it. Default: longhaul-RUN.html." },
    json: { type: "boolean", help: "Print the figures as JSON." },
  },
  async run({ positionals, options }) {
    const [name] = positionals;
    if (name === undefined) throw new UsageError("Which run? Give its id, its short name, or `last`.");
    const history = await readHistory(name);
    const nowMs = Date.now();
    const summary = summarize(history, nowMs);
    if (options.html || options.out) {
      const path = typeof options.out === "string" ? options.out : `longhaul-${shortName(history.run)}.html`;
      await writeFile(path, htmlReport(history, nowMs));
      if (!options.json) process.stdout.write(`${path}\n`);
    } else if (!options.json) {
      const screen = screenOn(process.stdout);
      for (const line of summaryTable(summary, screen.paint)) screen.line(line);
    }
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    return EXIT.ok;
  },
};
