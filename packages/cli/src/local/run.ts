import { writeFile } from "node:fs/promises";
import type { RunResult } from "@longhaul/local";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { htmlReport } from "../report/html-report.ts";
import { saveHistory } from "../report/run-files.ts";
import { screenOn } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { type App, findApp } from "./app.ts";
import { type CheckContext, isWell, type RunSettings, withFinishedRun } from "./finished-run.ts";
import type { LocalApp } from "./local-app.ts";
import { saveResults } from "./results.ts";
import { jsonOutcome, showOutcome } from "./run-outcome.ts";
import { clientFor } from "./upload.ts";

/** Options of `longhaul run`. */
interface RunOptions extends RunSettings {
  readonly html?: string | undefined;
  readonly results?: string | undefined;
  readonly json?: true | undefined;
}

/** Runs an app to the end on an embedded AWS, and answers with the exit code. */
export async function run(name: string, options: RunOptions): Promise<ExitCode> {
  const screen = screenOn(options.json ? process.stderr : process.stdout);
  const app = await findApp(name, screen.line);
  try {
    if (options.results !== undefined && !app.program.can.results) {
      throw new UsageError(`${app.config.name} names no results to save: add results to its longhaul.config.ts.`);
    }
    return await withFinishedRun(app, options, screen, undefined, async ({ deployed, history, context }) => {
      await saveHistory(history);
      const { html } = options;
      if (html !== undefined) await writeFile(html, htmlReport(history, Date.now()));
      const saved = options.results === undefined ? [] : await save(app, deployed, context, options.results);
      if (options.json) process.stdout.write(`${jsonOutcome(history, saved)}\n`);
      else showOutcome(history, screen, html, saved);
      return isWell(history) ? EXIT.ok : EXIT.runFailed;
    });
  } finally {
    app.program.close();
  }
}

async function save({ program }: App, { aws }: LocalApp, context: CheckContext, directory: string): Promise<string[]> {
  const s3 = clientFor(aws.env());
  try {
    const results: readonly RunResult[] = await program.results(context);
    return await saveResults(results, directory, { s3, dynamodb: aws.dynamodb });
  } finally {
    s3.destroy();
  }
}
