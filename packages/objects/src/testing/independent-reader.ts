import type { RecordFormat } from "../records/formats.ts";
import { NumberText } from "../records/number-text.ts";
import type { TransformSettings } from "../transform/settings.ts";

/** How a file is to be read, by the settings of the function. */
export interface ReadingOptions {
  readonly format?: RecordFormat | undefined;
  readonly delimiter?: string | undefined;
  /** Makes a value of the digits of a number in JSON that a double does not hold. */
  readonly numberOf?: ((digits: string) => unknown) | undefined;
  /** Makes a value of a data record that cannot be read. */
  readonly brokenOf?: ((error: unknown) => unknown) | undefined;
}

/** Reads the data records of a file by other means than this package, such as `plainRecordsOf` of `@longhaul/local/testing`. */
export type IndependentReader = (path: string, options: ReadingOptions) => AsyncIterable<unknown>;

/** The place of a record that cannot be read. */
export const BROKEN = Symbol("broken record");

/** Reading by the settings that the function was given; `skipsBroken` if a record that cannot be read is no error. */
export function readingOf(
  { format, csvDelimiter, numbers }: Pick<TransformSettings, "format" | "csvDelimiter" | "numbers">,
  skipsBroken: boolean,
): ReadingOptions {
  return {
    format,
    delimiter: csvDelimiter,
    ...(numbers === "text" && { numberOf: (digits) => new NumberText(digits) }),
    ...(numbers === "nearest" && { numberOf: Number }),
    ...(skipsBroken && { brokenOf: () => BROKEN }),
  };
}

/** A number for people. */
export function shown(count: number): string {
  return count.toLocaleString("en-US");
}
