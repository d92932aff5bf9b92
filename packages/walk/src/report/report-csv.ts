import type { WalkReport } from "./walk-report.ts";

/**
 * The report as one table: `section,name,objects,bytes`. A name that a spreadsheet would take for a formula gets a `'` in
 * front, as OWASP advises; JSON has the names as they are.
 */
export function reportCsv(report: WalkReport): string {
  const rows: (readonly [section: string, name: string, objects: number | "", bytes: number | ""])[] = [
    ["total", `s3://${report.bucket}/${report.prefix}`, report.objects, report.bytes],
    ...report.sizes.map(
      ({ fromBytes, belowBytes, objects, bytes }) =>
        [
          "size",
          fromBytes === belowBytes - 1 ? `${fromBytes}` : `${fromBytes} to ${belowBytes - 1}`,
          objects,
          bytes,
        ] as const,
    ),
    ...report.storageClasses.map(({ name, objects, bytes }) => ["storage class", name, objects, bytes] as const),
    ...report.prefixes.map(({ prefix, objects, bytes }) => ["prefix", prefix, objects, bytes] as const),
    ["other prefixes", "", report.otherPrefixes.objects, report.otherPrefixes.bytes],
    ...(report.oldest ? [["oldest", report.oldest.key, "", ""] as const] : []),
    ...(report.newest ? [["newest", report.newest.key, "", ""] as const] : []),
    ...report.largest.map(({ key, size }) => ["largest", key, 1, size] as const),
  ];
  const lines = rows.map(([section, name, objects, bytes]) => `${section},${field(name)},${objects},${bytes}`);
  return `section,name,objects,bytes\r\n${lines.join("\r\n")}\r\n`;
}

function field(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
