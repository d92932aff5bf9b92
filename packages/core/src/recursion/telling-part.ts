/** The longest text that {@link tellingPart} answers with, in characters. */
const MAX_LENGTH = 120;

/** A text longer than this says less than what is beside it. */
const MAX_VALUE = 40;

/** Names of fields that say how far something is, the most telling first. */
const TELLING: readonly string[] = [
  ...["position", "next", "at", "offset", "index", "cursor", "record", "records", "line", "row", "page"],
  ...["item", "items", "count", "done", "processed", "key", "lastkey", "token", "from", "after", "byte", "bytes"],
];

/** How deep fields are looked for, and how many are looked at. */
const MAX_DEPTH = 3;
const MAX_FIELDS = 200;

interface Field {
  readonly name: string;
  readonly text: string;
  readonly rank: number;
}

/**
 * The part of a state that tells a reader how far a run is, on one line: the whole state if it is short, else those of its
 * fields that say most, each whole. Never a piece of JSON that is cut off.
 *
 * @example `tellingPart({ key: "a.csv", read: { record: 30, hash: "..." }, parts: [...] })` is `record: 30, key: "a.csv"`.
 */
export function tellingPart(state: unknown): string {
  const whole = JSON.stringify(state) ?? "nothing";
  if (whole.length <= MAX_LENGTH) return whole;
  if (typeof state === "string") return `a text of ${state.length} characters`;
  const fields: Field[] = [];
  collect(state, 0, fields);
  fields.sort((one, other) => one.rank - other.rank);
  let line = "";
  const named = new Set<string>();
  for (const { name, text } of fields) {
    // The same name in two places would be read as one thing.
    if (named.has(name)) continue;
    named.add(name);
    const longer = line === "" ? text : `${line}, ${text}`;
    if (longer.length <= MAX_LENGTH) line = longer;
  }
  if (line !== "") return line;
  return Array.isArray(state) ? `a list of ${state.length}` : `${whole.length} characters of JSON`;
}

function collect(value: unknown, depth: number, fields: Field[]): void {
  if (typeof value !== "object" || value === null || depth === MAX_DEPTH) return;
  // The items of a list have no names, so they tell nothing.
  if (Array.isArray(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (fields.length === MAX_FIELDS) return;
    const rank = rankOf(name, inner, depth);
    if (rank === undefined) collect(inner, depth + 1, fields);
    else fields.push({ name, text: `${name}: ${JSON.stringify(inner)}`, rank });
  }
}

/** The lower the more telling; `undefined` for what is no telling value. */
function rankOf(name: string, value: unknown, depth: number): number | undefined {
  const isShort = typeof value === "number" || (typeof value === "string" && value.length <= MAX_VALUE);
  if (!isShort && typeof value !== "boolean") return undefined;
  const known = TELLING.indexOf(name.toLowerCase());
  return 10 * (known < 0 ? TELLING.length : known) + (typeof value === "number" ? 0 : 5) + depth;
}
