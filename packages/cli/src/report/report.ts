import { writeFile } from "node:fs/promises";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { screenOn } from "../terminal.ts";
import { htmlReport } from "./html-report.ts";
import { readHistory, shortName } from "./run-files.ts";
import { summarize } from "./run-history.ts";
import { summaryTable } from "./summary-table.ts";

/** Options of `longhaul report`. */
interface ReportOptions {
  readonly html?: true | undefined;
  readonly out?: string | undefined;
  readonly json?: true | undefined;
}

/** Shows a run that was made with `longhaul run`. */
export async function report(name: string, { html, out, json }: ReportOptions): Promise<ExitCode> {
  const history = await readHistory(name);
  const nowMs = Date.now();
  const summary = summarize(history, nowMs);
  if (html || out !== undefined) {
    const path = out ?? `longhaul-${shortName(history.run)}.html`;
    await writeFile(path, htmlReport(history, nowMs));
    if (!json) process.stdout.write(`${path}\n`);
  } else if (!json) {
    const screen = screenOn(process.stdout);
    for (const line of summaryTable(summary, screen.paint)) screen.line(line);
  }
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  return EXIT.ok;
}
