import { type SeededRandom, seededRandom } from "../../packages/core/src/testing/seeded-random.ts";

/** Texts that decoders take for something. */
const TOKENS = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "<",
  ">",
  "&",
  "/",
  "null",
  "1e999",
  "\r\n",
  "\0",
  "é",
  "\ud800",
];

/** The input of a seed: one of the samples with a few bytes changed, cut out, doubled or put in. */
export function mutated(samples: readonly Uint8Array[], seed: number): Uint8Array {
  const random = seededRandom(seed);
  let bytes = Buffer.from(random.pick(samples));
  for (let left = 1 + Math.floor(random.next() * 4); left > 0; left--) bytes = changed(bytes, random);
  return bytes;
}

function changed(bytes: Buffer, random: SeededRandom): Buffer<ArrayBuffer> {
  const at = Math.floor(random.next() * (bytes.length + 1));
  const to = Math.min(bytes.length, at + Math.floor(random.next() * 8));
  const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (Math.floor(random.next() * 5)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, cut, cut, after]);
    case 2:
      return Buffer.concat([before, Buffer.from(random.pick(TOKENS)), cut, after]);
    case 3:
      return Buffer.concat([before, Buffer.from([Math.floor(random.next() * 256)]), after]);
    default:
      return Buffer.concat([before]);
  }
}
