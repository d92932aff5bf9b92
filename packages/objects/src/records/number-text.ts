/**
 * A number of JSON that a double cannot hold, such as `144126219108390099` or `1e400`: its digits, as they were written.
 * `JSON.stringify` writes them so again, digit for digit. For arithmetic make a `bigint` of {@link text}, or pass it to a
 * library for decimals; using it as a number throws instead of rounding.
 *
 * @example
 * ```ts
 * const id = typeof record.id === "number" ? BigInt(record.id) : BigInt(record.id.text);
 * ```
 */
export class NumberText {
  /** The number as it was written. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** @internal Lets `JSON.stringify` write the digits. */
  toJSON(): unknown {
    return rawJson(this.text);
  }

  /** @throws TypeError where a number is wanted: it would be rounded. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.text;
    throw new TypeError(
      `A double cannot hold the number ${shownNumber(this.text)}. Use its text, or BigInt(number.text).`,
    );
  }
}

const SHOWN_CHARACTERS = 60;

/** A number for a message, shortened. */
export function shownNumber(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** Not in the types yet: https://tc39.es/proposal-json-parse-with-source/ */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Whether a double holds a number of JSON: what `JSON.stringify` makes of the double has the same value as what was written.
 * So `1.0`, `1e2`, `0.10` and `-0` are held, `9007199254740993`, `1e400`, `1e-400` and `0.1000000000000000055` are not.
 */
export function isHeldByDouble(text: string): boolean {
  const value = Number(text);
  const shortest = String(value);
  if (shortest === text) return true;
  if (!Number.isFinite(value)) return false;
  // What is too small becomes 0.
  if (value === 0) return !/[1-9]/.test(text.split(/e/i, 1)[0]!);
  return normalized(text) === normalized(shortest);
}

/** A number other than 0 as its significant digits and the power of ten of the last: equal values have equal texts. */
function normalized(text: string): string {
  const [, mantissa = "", exponent = "0"] = /^-?([\d.]+)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
