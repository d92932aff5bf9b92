import { ConfigError } from "@longhaul/core";

/** How a CSV object is written. */
export interface CsvOptions {
  /** One ASCII character between fields, other than a quote or a line end. Default: `likelyDelimiter`. */
  readonly delimiter?: string | undefined;
  /**
   * The probable delimiter, for example by the name of the object. Default `,`. If `delimiter` is not given, a header
   * row of one column that another delimiter would split is refused.
   */
  readonly likelyDelimiter?: string | undefined;
  /** Whether the first row names the columns. Default true. */
  readonly header?: boolean | undefined;
  /**
   * Names of the columns; a header row, if there is one, is then passed over. With names given here positions do not
   * carry them, which keeps state small for wide tables.
   */
  readonly columns?: readonly string[] | undefined;
  /** A row with more or fewer fields than columns is broken (`"fail"`, default), or taken as it is. */
  readonly columnCount?: "fail" | "any" | undefined;
}

/** {@link CsvOptions} after checking. */
export interface CsvSettings {
  readonly delimiter: string;
  readonly isDelimiterGiven: boolean;
  readonly header: boolean;
  readonly columns: readonly string[] | undefined;
  readonly anyColumnCount: boolean;
}

const known: ReadonlySet<string> = new Set(["delimiter", "likelyDelimiter", "header", "columns", "columnCount"]);

/** @throws ConfigError naming the option that cannot work. */
export function csvSettings(options: CsvOptions): CsvSettings {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new ConfigError(`csv has no option ${name}. Known: ${[...known].join(", ")}.`);
  }
  const { likelyDelimiter = ",", header = true, columns, columnCount = "fail" } = options;
  const delimiter = options.delimiter ?? likelyDelimiter;
  for (const each of [delimiter, likelyDelimiter]) {
    if (isDelimiter(each)) continue;
    throw new ConfigError(
      `csv.delimiter must be one ASCII character, not a quote or line end: ${JSON.stringify(each)}.`,
    );
  }
  if (typeof header !== "boolean")
    throw new ConfigError(`csv.header must be true or false, not ${JSON.stringify(header)}.`);
  if (columnCount !== "fail" && columnCount !== "any") {
    throw new ConfigError(`csv.columnCount must be "fail" or "any", not ${JSON.stringify(columnCount)}.`);
  }
  if (columns !== undefined && !(Array.isArray(columns) && columns.every((name) => typeof name === "string"))) {
    throw new ConfigError("csv.columns must be an array of names.");
  }
  const twice = columns === undefined ? undefined : repeated(columns);
  if (twice !== undefined) throw new ConfigError(`csv.columns names ${JSON.stringify(twice)} twice.`);
  return {
    delimiter,
    isDelimiterGiven: options.delimiter !== undefined,
    header,
    columns,
    anyColumnCount: columnCount === "any",
  };
}

/** The first repeated name, if any. */
export function repeated(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

function isDelimiter(value: unknown): boolean {
  if (typeof value !== "string" || value.length !== 1 || /["\r\n]/.test(value)) return false;
  const code = value.charCodeAt(0);
  return code > 0 && code < 0x80;
}
