/**
 * Compares two keys in UTF-8 binary order, the order in which S3 lists. JavaScript's own `<` compares UTF-16 code units,
 * which differs where a surrogate pair meets U+E000 to U+FFFF.
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

/** Moves surrogates behind U+E000 to U+FFFF, where their code points sort. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/**
 * The first key that sorts behind every key with this prefix; nothing if there is none.
 * A code point is raised over the surrogates, which are no characters.
 */
export function keyBehindPrefix(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0) as number);
  while (points.length > 0) {
    const last = points.pop() as number;
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}
