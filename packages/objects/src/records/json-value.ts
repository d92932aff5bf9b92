import { isHeldByDouble, NumberText, shownNumber } from "./number-text.ts";
import { RecordFaultError } from "./record-fault.ts";

/** Not in the types yet: https://tc39.es/proposal-json-parse-with-source/ */
const parseWithSource = JSON.parse as unknown as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

/** Parses JSON; numbers that a double cannot hold become {@link NumberText}. Several times slower than `JSON.parse`. */
export function parseExactly(text: string): unknown {
  return parseWithSource(text, (_, value, { source }) =>
    typeof value === "number" && source !== undefined && !isHeldByDouble(source) ? new NumberText(source) : value,
  );
}

/**
 * Refuses a value in which there is a number that a double cannot hold.
 *
 * @throws RecordFaultError with the number and its place.
 */
export function assertHeld(value: unknown): void {
  const found = numberTextIn(value, "");
  if (found === undefined) return;
  const { path, text } = found;
  const where = path === "" ? "" : ` at ${path.length > 200 ? `${path.slice(0, 200)}…` : path}`;
  throw new RecordFaultError(
    "number",
    `has the number ${shownNumber(text)}${where}, which would become ${JSON.stringify(Number(text))}: ` +
      `a double cannot hold it. Read with numbers: "text" to keep its digits`,
  );
}

/** The first number text in a value, with its path, such as `a.b[3]`. */
function numberTextIn(value: unknown, path: string): { readonly path: string; readonly text: string } | undefined {
  if (value instanceof NumberText) return { path, text: value.text };
  if (typeof value !== "object" || value === null) return undefined;
  const isList = Array.isArray(value);
  for (const [key, item] of Object.entries(value)) {
    const found = numberTextIn(item, isList ? `${path}[${key}]` : joined(path, key));
    if (found !== undefined) return found;
  }
  return undefined;
}

function joined(path: string, key: string): string {
  if (!/^[\p{L}_$][\p{L}\d_$-]*$/u.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
