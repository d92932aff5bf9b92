import { finderOf, plainFinder } from "../../packages/objects/src/records/needle-finder.ts";

/** A way to find the newlines of a chunk; `count` finds each and counts them. */
export interface NewlineFinding {
  readonly name: string;
  readonly count: (chunk: Buffer) => number;
}

/** The limit the others are measured against: no offset is kept. */
export function countNewlines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count++;
  return count;
}

const typedArrayIndexOf = Uint8Array.prototype.indexOf;

/** The ways that were tried for `@longhaul/objects`; the first is what it uses, the second what it falls back to. */
export const newlineFinders: readonly NewlineFinding[] = [
  { name: "SIMD in WebAssembly, offsets kept (used)", count: countFound(finderOf({ bytes: [10] })) },
  { name: "Buffer.indexOf, offsets kept (fallback)", count: countFound(plainFinder({ bytes: [10] })) },
  {
    name: "4 bytes at a time in JavaScript",
    count: (chunk) => {
      const words = new Int32Array(chunk.buffer, chunk.byteOffset, chunk.length >> 2);
      let count = 0;
      for (let i = 0; i < words.length; i++) {
        const x = words[i]! ^ 0x0a0a0a0a;
        if (((x - 0x01010101) & ~x & 0x80808080) !== 0) {
          for (let at = i << 2; at < (i << 2) + 4; at++) if (chunk[at] === 10) count++;
        }
      }
      for (let at = words.length << 2; at < chunk.length; at++) if (chunk[at] === 10) count++;
      return count;
    },
  },
  {
    name: "String.indexOf on latin1",
    count: (chunk) => {
      const text = chunk.toString("latin1");
      let count = 0;
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
      return count;
    },
  },
  {
    name: "Uint8Array.indexOf",
    count: (chunk) => {
      let count = 0;
      let at = typedArrayIndexOf.call(chunk, 10);
      for (; at !== -1; at = typedArrayIndexOf.call(chunk, 10, at + 1)) count++;
      return count;
    },
  },
  {
    name: "byte by byte",
    count: (chunk) => {
      let count = 0;
      for (let at = 0; at < chunk.length; at++) if (chunk[at] === 10) count++;
      return count;
    },
  },
];

function countFound(finder: ReturnType<typeof finderOf>) {
  return (chunk: Buffer) => {
    let count = 0;
    for (let from = 0; from < chunk.length; from = finder.searched) count += finder.find(chunk, from);
    return count;
  };
}
