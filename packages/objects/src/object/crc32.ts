import { crc32 as zlibCrc32 } from "node:zlib";

// The polynomial of CRC-32 (ISO-HDLC), bits reflected: bit 31 is the coefficient of x^0.
const POLYNOMIAL = 0xedb88320;

/** CRC-32 of `bytes`, going on from that of the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  return zlibCrc32(bytes, before);
}

/**
 * CRC-32 of two pieces one after the other, from the CRC-32 of each and the second one's length: appending n bytes
 * multiplies the first one's remainder by x^(8n). Lets parts be summed apart, and the whole be known without reading it.
 */
export function joinCrc32(first: number, second: number, secondBytes: number): number {
  return (multiply(powerOfX(secondBytes), first) ^ second) >>> 0;
}

/** As S3 writes it: base64 of the four bytes, highest first. */
export function encodeCrc32(crc: number): string {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString("base64");
}

/** Reads what {@link encodeCrc32} writes; `undefined` if it is something else. */
export function decodeCrc32(text: string): number | undefined {
  return /^[A-Za-z0-9+/]{6}==$/.test(text) ? Buffer.from(text, "base64").readUInt32BE() : undefined;
}

/** Product of two polynomials modulo the CRC's; `a` must not be 0. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return product >>> 0;
}

// x^(8 * 2^k) for k = 0, 1, ...; more than any length needs.
const squares: number[] = [];
for (let k = 0, power = 0x00800000; k < 53; k++) {
  squares.push(power);
  power = multiply(power, power);
}

/** x^(8n) modulo the CRC's polynomial. */
function powerOfX(bytes: number): number {
  let product = 0x80000000; // x^0
  for (let k = 0, left = bytes; left > 0; k++, left = Math.floor(left / 2)) {
    if (left % 2 === 1) product = multiply(squares[k]!, product);
  }
  return product;
}
