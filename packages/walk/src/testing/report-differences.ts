import type { WalkReport } from "../report/walk-report.ts";

/** A file, as the object that it became. */
export interface CountedFile {
  readonly key: string;
  readonly bytes: number;
}

/** Compares a report with the files that it is about, counted plainly. Each difference is a line for people. */
export function reportDifferences(report: WalkReport, files: readonly CountedFile[]): string[] {
  const differences: string[] = [];
  const compare = (what: string, reported: unknown, counted: unknown) => {
    if (JSON.stringify(reported) === JSON.stringify(counted)) return;
    differences.push(`${what}: reported ${JSON.stringify(reported)}, counted ${JSON.stringify(counted)}`);
  };
  compare("objects", report.objects, files.length);
  compare("bytes", report.bytes, bytesOf(files));
  for (const { fromBytes, belowBytes, objects } of report.sizes) {
    const there = files.filter(({ bytes }) => bytes >= fromBytes && bytes < belowBytes);
    compare(`objects of ${fromBytes} to ${belowBytes - 1} bytes`, objects, there.length);
  }
  for (const { prefix: directory, objects, bytes } of report.prefixes) {
    const there = files.filter(({ key }) => directoryOf(key, report.depth) === directory);
    compare(JSON.stringify(directory), [objects, bytes], [there.length, bytesOf(there)]);
  }
  const named = report.prefixes.reduce((total, { objects }) => total + objects, report.otherPrefixes.objects);
  compare("objects by prefix", named, files.length);
  compare(
    "largest",
    report.largest[0]?.size,
    files.length === 0 ? undefined : Math.max(...files.map(({ bytes }) => bytes)),
  );
  return differences;
}

/** The bytes of files together. */
export function bytesOf(files: readonly CountedFile[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}

function directoryOf(key: string, depth: number): string {
  return key
    .split("/")
    .slice(0, -1)
    .slice(0, depth)
    .map((name) => `${name}/`)
    .join("");
}
