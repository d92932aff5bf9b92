/**
 * Gathers chunks as they come from a socket into slices of `sliceBytes`; the last may be shorter. Fewer, larger slices
 * cost readers less per byte.
 */
export async function* slicesOf(
  chunks: AsyncIterable<Uint8Array>,
  sliceBytes: number,
  totalBytes: number,
): AsyncGenerator<Uint8Array> {
  let left = totalBytes;
  let slice = Buffer.allocUnsafeSlow(Math.min(sliceBytes, left));
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
      slice = Buffer.allocUnsafeSlow(Math.min(sliceBytes, left));
      filled = 0;
    }
  }
  if (filled > 0) yield slice.subarray(0, filled);
}
