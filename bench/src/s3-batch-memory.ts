import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchOptions, Finding } from "./finding.ts";
import { writeRecords } from "./generated-records.ts";
import { alternate, median } from "./measure.ts";
import { runS3Batch } from "./s3-batch-app.ts";
import { synthesizeApp } from "./synthesized-app.ts";

const MAX_MB = 256;
const MAX_RATIO = 1.1;
const SMALL_MB = 100;
const LARGE_MB = 1_000;

/** Settings that lead both objects the same way; with the stack's own, the small one goes into `/tmp` and the large one does not. */
const WAYS = {
  "as deployed": {},
  "all in /tmp": { TMP_MAX_BYTES: String(2 ** 31) },
  "all by ranges": { TMP_MAX_BYTES: "1" },
} as const;

/** Peak memory of the real s3-batch over an object of 1 GB against one of 100 MB: one cold container for each run. */
export async function s3BatchMemory({ rounds: count = 3 }: BenchOptions): Promise<Finding[]> {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  try {
    const assembly = await synthesizeApp("s3-batch", join(directory, "cdk.out"));
    const peak = (mb: number, environment: Readonly<Record<string, string>>) => {
      const path = join(directory, `records-${mb}.ndjson`);
      const bytes = writeRecords(path, mb);
      return async () => {
        const { peakMb, resultBytes, invocations } = await runS3Batch(assembly, path, environment);
        // The transform changes nothing, and the records are written as JSON.stringify writes them.
        if (resultBytes !== bytes) throw new Error(`The result has ${resultBytes} bytes, not ${bytes}.`);
        if (invocations !== 1) throw new Error(`It took ${invocations} invocations; one is measured.`);
        return peakMb;
      };
    };
    const subjects = Object.entries(WAYS).flatMap(([way, environment]) => [
      [`${SMALL_MB} MB, ${way}`, peak(SMALL_MB, environment)] as const,
      [`${LARGE_MB} MB, ${way}`, peak(LARGE_MB, environment)] as const,
    ]);
    const rounds = await alternate(Object.fromEntries(subjects), { rounds: count, warmUps: 0 });
    return Object.keys(WAYS).map((way) => {
      const names = [`${SMALL_MB} MB, ${way}`, `${LARGE_MB} MB, ${way}`];
      const [small = 0, large = 0] = names.map((name) => median(rounds[name] ?? []));
      const ratio = large / small;
      return {
        what: `s3-batch peak memory, ${way}`,
        figure: `1 GB ${large.toFixed(0)} MB, 100 MB ${small.toFixed(0)} MB, ratio ${ratio.toFixed(2)}`,
        bar: `within 10 %, both under ${MAX_MB} MB`,
        values: { smallPeakMb: small, largePeakMb: large },
        isMet: ratio <= MAX_RATIO && ratio >= 1 / MAX_RATIO && Math.max(small, large) < MAX_MB,
        rounds: Object.fromEntries(names.map((name) => [name, rounds[name] ?? []])),
        unit: "MB",
      };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
