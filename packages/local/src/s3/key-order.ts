/**
 * Compares two keys in UTF-8 binary order, the order in which S3 lists. JavaScript's own `<` compares UTF-16 code units,
 * which differs where a surrogate pair (emoji) meets U+E000 to U+FFFF.
 *
 * @returns negative, zero or positive, as for `Array.prototype.sort`.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const unitA = a.charCodeAt(at);
    const unitB = b.charCodeAt(at);
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** Moves surrogates behind U+E000..U+FFFF, where their code points sort. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
