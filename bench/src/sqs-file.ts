import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchOptions, Finding } from "./finding.ts";
import { alternate, median } from "./measure.ts";
import { loadByApp, loadByLoop } from "./sqs-file-app.ts";
import { synthesizeApp } from "./synthesized-app.ts";

const RECORDS_PER_FILE = 1_000;

/** Records a second of sqs-file on the embedded AWS, in terms of a plain loop that makes the same writes. */
export async function sqsFile({ rounds: count = 3, files = 100 }: BenchOptions): Promise<Finding[]> {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  try {
    const assembly = await synthesizeApp("sqs-file", join(directory, "cdk.out"));
    const load = { files, recordsPerFile: RECORDS_PER_FILE };
    const rounds = await alternate(
      {
        "plain loop": () => loadByLoop(assembly, load),
        "sqs-file": () => loadByApp(assembly, load),
      },
      { rounds: count, warmUps: 0 },
    );
    const perSecond = (durations: readonly number[]) => (files * RECORDS_PER_FILE * 1_000) / median(durations);
    const app = perSecond(rounds["sqs-file"]);
    const loop = perSecond(rounds["plain loop"]);
    const share = app / loop;
    return [
      {
        what: `${files.toLocaleString("en-US")} files of ${RECORDS_PER_FILE.toLocaleString("en-US")} records, from queue to table`,
        figure: `${Math.round(app).toLocaleString("en-US")} records/s, ${(100 * share).toFixed(0)} % of a plain loop's ${Math.round(loop).toLocaleString("en-US")}`,
        bar: "at least 60 %",
        isMet: share >= 0.6,
        values: { files, percentOfLoop: 100 * share },
        rounds,
      },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
