/** A timer of which pauses of no length are over at once, and limits never pass. */
export function pausesOnly(delayMs: number, fire: () => void): () => void {
  if (delayMs === 0) setImmediate(fire);
  return () => {};
}
