import { compareNumber, parse } from "lossless-json";

/** Makes something of the digits of a number that a double does not hold. */
export type NumberOf = (digits: string) => unknown;

/**
 * JSON as a value. Of a number that a double does not hold, because it would be written back with another value, `numberOf`
 * makes something. Of a key that occurs twice the last counts.
 *
 * @throws SyntaxError for what is not JSON; what `numberOf` throws.
 */
export function plainJson(text: string, numberOf: NumberOf = refuse): unknown {
  const value: unknown = JSON.parse(text);
  // Most texts are written as JavaScript writes them: then nothing was lost.
  if (JSON.stringify(value) === text) return value;
  return parse(text, null, {
    parseNumber: (digits) => (isHeld(digits) ? Number(digits) : numberOf(digits)),
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

function refuse(digits: string): never {
  throw new RangeError(`A double does not hold the number ${digits.slice(0, 60)}.`);
}

function isHeld(digits: string): boolean {
  const value = Number(digits);
  return Number.isFinite(value) && compareNumber(String(value), digits) === 0;
}
