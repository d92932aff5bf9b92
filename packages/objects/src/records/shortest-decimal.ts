const ZERO = 0x30;
const DOT = 0x2e;
const MINUS = 0x2d;

/** More digits than any double is printed with. */
const MOST_DIGITS = 17;
/** Digits that are gathered apart, so that both parts are exact. */
const HIGH_DIGITS = 9;
/** Powers of ten up to this one are doubles, exactly. */
const MOST_FRACTION = 22;
const powersOfTen = Array.from({ length: MOST_FRACTION + 1 }, (_, i) => Number(`1e${i}`));

/** 2^27 + 1 splits a double into two halves whose products are exact (Dekker). */
const SPLITTER = 134_217_729;
/** Keeps away from ties, where what is printed depends on more than is looked at here. */
const CLOSE = 0.49;
const WIDER = 1.001;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** The word that holds sign and exponent. */
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Whether a decimal is the one that its double is printed as, said only where that is sure; `value` is the double nearest to
 * it. Printing a double and comparing takes several times as long, and data is full of doubles that were printed.
 *
 * Of the digits as a whole number w, the double lies at w + r. It is printed as w if no other decimal of as many digits is
 * closer (|r| < 1/2), and none of fewer digits is read as the same double: the two next to w that end in 0 must lie further
 * away than half the distance of two doubles.
 */
export function isShortestDecimal(bytes: Uint8Array, first: number, after: number, value: number): boolean {
  let high = 0;
  let low = 0;
  let digits = 0;
  let fraction = 0;
  let last = 0;
  let isFraction = false;
  for (let i = bytes[first] === MINUS ? first + 1 : first; i < after; i++) {
    const byte = bytes[i]!;
    if (byte === DOT) {
      isFraction = true;
      continue;
    }
    last = byte - ZERO;
    if (last < 0 || last > 9) return false;
    if (isFraction) fraction++;
    if (digits === 0 && last === 0) continue;
    digits++;
    if (digits <= HIGH_DIGITS) high = high * 10 + last;
    else low = low * 10 + last;
  }
  if (digits > MOST_DIGITS || digits < HIGH_DIGITS || fraction > MOST_FRACTION) return false;
  const magnitude = Math.abs(value);
  const power = powersOfTen[fraction]!;
  const [product, rest] = [magnitude * power, productError(magnitude, power)];
  const r = product - high * powersOfTen[digits - HIGH_DIGITS]! - low + rest;
  double[0] = magnitude;
  const exponent = (words[HIGH_WORD]! >>> 20) - 1075;
  const half = 2 ** (exponent - 1) * power * WIDER;
  return Math.abs(r) < CLOSE && last + r > half && 10 - last - r > half;
}

/** The exact rounding error of the product of two doubles. */
function productError(a: number, b: number): number {
  const wideA = SPLITTER * a;
  const highA = wideA - (wideA - a);
  const lowA = a - highA;
  const wideB = SPLITTER * b;
  const highB = wideB - (wideB - b);
  const lowB = b - highB;
  return lowA * lowB - (a * b - highA * highB - lowA * highB - highA * lowB);
}
