/** The time left of a box of `limitMs` that begins now, and never more than what remains of the whole; in milliseconds. */
export function timeBox(remainingMs: () => number, limitMs: number): () => number {
  const endMs = Math.max(0, remainingMs() - limitMs);
  return () => remainingMs() - endMs;
}
