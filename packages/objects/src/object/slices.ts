import type { BufferPool } from "./buffer-pool.ts";

/**
 * Gathers chunks as they come from a socket into slices of `sliceBytes`; the last may be shorter. Fewer, larger slices
 * cost readers less per byte. With a pool, whose buffers must have `sliceBytes`, slices are taken from it; a reader that is done
 * with one gives it back.
 */
export async function* slicesOf(
  chunks: AsyncIterable<Uint8Array>,
  sliceBytes: number,
  totalBytes: number,
  pool?: BufferPool,
): AsyncGenerator<Uint8Array> {
  let left = totalBytes;
  const begin = (): Buffer => {
    const bytes = Math.min(sliceBytes, left);
    return pool === undefined ? Buffer.allocUnsafeSlow(bytes) : pool.take().subarray(0, bytes);
  };
  let slice = begin();
  let filled = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.length; ) {
      const count = Math.min(chunk.length - taken, slice.length - filled);
      slice.set(chunk.subarray(taken, taken + count), filled);
      taken += count;
      filled += count;
      if (filled < slice.length) continue;
      left -= filled;
      yield slice;
      if (left === 0) return;
      slice = begin();
      filled = 0;
    }
  }
  if (filled > 0) yield slice.subarray(0, filled);
}
