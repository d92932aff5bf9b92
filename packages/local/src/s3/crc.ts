/** A checksum in the making; the shape of Node's own `Hash`. */
export interface RunningDigest {
  update(chunk: Uint8Array): void;
  /** The checksum, most significant byte first; ends the digest. */
  digest(): Buffer;
}

/** Bit-reversed polynomials of the cyclic redundancy checks S3 knows, with their width. */
export const CRC_POLYNOMIALS = {
  CRC32: { bits: 32, polynomial: 0xedb88320n },
  CRC32C: { bits: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n },
} as const;

/** The name of a cyclic redundancy check. */
export type CrcName = keyof typeof CRC_POLYNOMIALS;

const SLICES = 8;

/** Tables for eight bytes a step: entry `slice * 256 + byte` of each half. */
interface CrcTables {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

function buildTables(polynomial: bigint): CrcTables {
  const low = new Int32Array(SLICES * 256);
  const high = new Int32Array(SLICES * 256);
  const first: bigint[] = [];
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    first.push(value);
  }
  for (let byte = 0; byte < 256; byte++) {
    let value = first[byte]!;
    for (let slice = 0; slice < SLICES; slice++) {
      low[slice * 256 + byte] = Number(BigInt.asIntN(32, value));
      high[slice * 256 + byte] = Number(BigInt.asIntN(32, value >> 32n));
      value = (value >> 8n) ^ first[Number(value & 0xffn)]!;
    }
  }
  return { low, high };
}

const tablesByName = new Map<CrcName, CrcTables>();

function tablesOf(name: CrcName): CrcTables {
  let tables = tablesByName.get(name);
  if (tables === undefined) {
    tables = buildTables(CRC_POLYNOMIALS[name].polynomial);
    tablesByName.set(name, tables);
  }
  return tables;
}

/** CRC-32C, eight bytes a step. */
export class Crc32c implements RunningDigest {
  #crc = -1;

  update(chunk: Uint8Array): void {
    const table = tablesOf("CRC32C").low;
    let crc = this.#crc;
    let at = 0;
    for (const end = chunk.length - 7; at < end; at += 8) {
      crc ^= chunk[at]! | (chunk[at + 1]! << 8) | (chunk[at + 2]! << 16) | (chunk[at + 3]! << 24);
      crc =
        table[1792 + (crc & 255)]! ^
        table[1536 + ((crc >>> 8) & 255)]! ^
        table[1280 + ((crc >>> 16) & 255)]! ^
        table[1024 + (crc >>> 24)]! ^
        table[768 + chunk[at + 4]!]! ^
        table[512 + chunk[at + 5]!]! ^
        table[256 + chunk[at + 6]!]! ^
        table[chunk[at + 7]!]!;
    }
    for (; at < chunk.length; at++) crc = table[(crc ^ chunk[at]!) & 255]! ^ (crc >>> 8);
    this.#crc = crc;
  }

  digest(): Buffer {
    const result = Buffer.alloc(4);
    result.writeInt32BE(~this.#crc);
    return result;
  }
}

/** CRC-64/NVME, eight bytes a step, in two 32-bit halves. */
export class Crc64Nvme implements RunningDigest {
  #low = -1;
  #high = -1;

  update(chunk: Uint8Array): void {
    const { low: tableLow, high: tableHigh } = tablesOf("CRC64NVME");
    let low = this.#low;
    let high = this.#high;
    let at = 0;
    for (const end = chunk.length - 7; at < end; at += 8) {
      low ^= chunk[at]! | (chunk[at + 1]! << 8) | (chunk[at + 2]! << 16) | (chunk[at + 3]! << 24);
      high ^= chunk[at + 4]! | (chunk[at + 5]! << 8) | (chunk[at + 6]! << 16) | (chunk[at + 7]! << 24);
      const a = 1792 + (low & 255);
      const b = 1536 + ((low >>> 8) & 255);
      const c = 1280 + ((low >>> 16) & 255);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 255);
      const f = 512 + ((high >>> 8) & 255);
      const g = 256 + ((high >>> 16) & 255);
      const h = high >>> 24;
      low =
        tableLow[a]! ^
        tableLow[b]! ^
        tableLow[c]! ^
        tableLow[d]! ^
        tableLow[e]! ^
        tableLow[f]! ^
        tableLow[g]! ^
        tableLow[h]!;
      high =
        tableHigh[a]! ^
        tableHigh[b]! ^
        tableHigh[c]! ^
        tableHigh[d]! ^
        tableHigh[e]! ^
        tableHigh[f]! ^
        tableHigh[g]! ^
        tableHigh[h]!;
    }
    for (; at < chunk.length; at++) {
      const entry = (low ^ chunk[at]!) & 255;
      low = ((low >>> 8) | (high << 24)) ^ tableLow[entry]!;
      high = (high >>> 8) ^ tableHigh[entry]!;
    }
    this.#low = low;
    this.#high = high;
  }

  digest(): Buffer {
    const result = Buffer.alloc(8);
    result.writeInt32BE(~this.#high, 0);
    result.writeInt32BE(~this.#low, 4);
    return result;
  }
}

/**
 * The check value of two pieces in a row from the value of each: what S3 does to give a multipart object one checksum over
 * all its bytes without reading them again.
 *
 * @param secondLength - bytes of the second piece.
 */
export function combineCrc(name: CrcName, first: Buffer, second: Buffer, secondLength: number): Buffer {
  const { bits, polynomial } = CRC_POLYNOMIALS[name];
  const width = BigInt(bits);
  let power = 1n << (width - 1n);
  let square = 1n << (width - 2n);
  for (let exponent = BigInt(secondLength) * 8n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) power = multiply(square, power, width, polynomial);
    square = multiply(square, square, width, polynomial);
  }
  const combined = multiply(power, toBigInt(first), width, polynomial) ^ toBigInt(second);
  return Buffer.from(combined.toString(16).padStart(bits / 4, "0"), "hex");
}

/** Product of two bit-reversed polynomials modulo the generator. */
function multiply(a: bigint, b: bigint, width: bigint, polynomial: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let mask = 1n << (width - 1n); mask > 0n; mask >>= 1n) {
    if (a & mask) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}
