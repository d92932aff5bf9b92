import type { Verdict, VerifyContext } from "@longhaul/local";
import { walkPrefix } from "../src/report/output-place.ts";
import type { WalkReport } from "../src/report/walk-report.ts";
import { settingsFrom } from "../src/settings.ts";

/** Where the report of a walk stands whose first run is known: its id is what stands before the part's. */
function reportPlace({ run, outputs }: Pick<VerifyContext, "run" | "outputs">) {
  const { output } = settingsFrom({ OUTPUT_BUCKET: outputs.OutputBucketName });
  const walk = run.includes("/") ? run.slice(0, run.lastIndexOf("/")) : run;
  return { bucket: output.bucket, prefix: walkPrefix(output, walk) };
}

/** The report as people look at it. */
export function reportFiles(context: Pick<VerifyContext, "run" | "outputs">) {
  const { bucket, prefix } = reportPlace(context);
  const saved = [["report.html", "longhaul-bucket-report.html"]] as const;
  return saved.map(([key, name]) => ({ bucket, key: prefix + key, name }));
}

/** Compares the report with the files it is on, counted plainly. */
export async function verifyReport(context: VerifyContext): Promise<Verdict> {
  const { files, read } = context;
  const { bucket, prefix } = reportPlace(context);
  const chunks: Uint8Array[] = [];
  for await (const chunk of await read(bucket, `${prefix}report.json`)) chunks.push(chunk);
  const report = JSON.parse(Buffer.concat(chunks).toString("utf8")) as WalkReport;
  const sum = (some: readonly { readonly bytes: number }[]) => some.reduce((total, { bytes }) => total + bytes, 0);
  const differences: string[] = [];
  const compare = (what: string, reported: unknown, counted: unknown) => {
    if (JSON.stringify(reported) === JSON.stringify(counted)) return;
    differences.push(`${what}: reported ${JSON.stringify(reported)}, counted ${JSON.stringify(counted)}`);
  };
  compare("objects", report.objects, files.length);
  compare("bytes", report.bytes, sum(files));
  for (const { fromBytes, belowBytes, objects } of report.sizes) {
    const there = files.filter(({ bytes }) => bytes >= fromBytes && bytes < belowBytes);
    compare(`objects of ${fromBytes} to ${belowBytes - 1} bytes`, objects, there.length);
  }
  for (const { prefix: directory, objects, bytes } of report.prefixes) {
    const there = files.filter(({ key }) => directoryOf(key, report.depth) === directory);
    compare(JSON.stringify(directory), [objects, bytes], [there.length, sum(there)]);
  }
  const named = report.prefixes.reduce((total, { objects }) => total + objects, report.otherPrefixes.objects);
  compare("objects by prefix", named, files.length);
  compare("largest", report.largest[0]?.size, Math.max(...files.map(({ bytes }) => bytes)));
  const counted = `${files.length.toLocaleString("en-US")} objects, ${sum(files).toLocaleString("en-US")} bytes, ${report.prefixes.length} prefixes`;
  return differences.length === 0
    ? { isOk: true, message: `report equals the files: ${counted}` }
    : { isOk: false, message: `the report differs from the files: ${differences.slice(0, 3).join("; ")}` };
}

function directoryOf(key: string, depth: number): string {
  return key
    .split("/")
    .slice(0, -1)
    .slice(0, depth)
    .map((name) => `${name}/`)
    .join("");
}
