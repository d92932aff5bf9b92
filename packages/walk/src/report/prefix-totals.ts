/** Objects, and their bytes. */
export type Total = [objects: number, bytes: number];

/**
 * Totals by prefix, to a depth in slashes. The totals of a set of objects do not depend on the order in which they are
 * counted, or on how the counting is divided: the depth is the deepest that gives no more than so many prefixes; if even
 * depth 1 gives more, those that sort first are kept, and the rest is in `other`.
 */
export interface PrefixTotals {
  depth: number;
  totals: Record<string, Total>;
  other: Total;
}

/** How prefixes are counted. */
export interface PrefixShape {
  /** Prefix that all keys have, up to its last slash; depth is counted from there. */
  readonly base: string;
  /** Most prefixes. */
  readonly maxPrefixes: number;
}

/** A path segment behind which a key is not told apart any more, so that a state stays small whatever the keys. */
const MAX_PREFIX_CHARACTERS = 200;

/**
 * Where the prefix of a key ends, or of a prefix that is to be shortened; as `~end` if the key has fewer slashes than the
 * depth, so that keys beside it may have another prefix though they begin with this one.
 */
export function prefixEnd(key: string, baseLength: number, depth: number): number {
  let end = baseLength;
  for (let level = 0; level < depth; level++) {
    const slash = key.indexOf("/", end);
    if (slash === -1 || slash - baseLength >= MAX_PREFIX_CHARACTERS) return ~end;
    end = slash + 1;
  }
  return end;
}

/** Prefixes end with a slash or are empty, so none is a name that JavaScript's objects know. */
export function addToPrefix({ totals }: PrefixTotals, prefix: string, objects: number, bytes: number): void {
  const total = totals[prefix];
  if (total === undefined) totals[prefix] = [objects, bytes];
  else addTo(total, objects, bytes);
}

/** Brings the totals to what the shape allows. */
export function fitPrefixes(prefixes: PrefixTotals, { base, maxPrefixes }: PrefixShape): void {
  let names = Object.keys(prefixes.totals);
  while (names.length > maxPrefixes && prefixes.depth > 1) {
    shorten(prefixes, base, prefixes.depth - 1);
    names = Object.keys(prefixes.totals);
  }
  if (names.length <= maxPrefixes) return;
  for (const name of names.sort().slice(maxPrefixes)) {
    const [objects, bytes] = prefixes.totals[name] as Total;
    addTo(prefixes.other, objects, bytes);
    delete prefixes.totals[name];
  }
}

/** Adds other totals to these; the others are not changed. */
export function mergePrefixes(into: PrefixTotals, from: PrefixTotals, shape: PrefixShape): void {
  if (from.depth < into.depth) shorten(into, shape.base, from.depth);
  for (const [prefix, [objects, bytes]] of Object.entries(from.totals)) {
    addToPrefix(into, shortened(prefix, shape.base, into.depth), objects, bytes);
  }
  addTo(into.other, ...from.other);
  fitPrefixes(into, shape);
}

function shorten(prefixes: PrefixTotals, base: string, depth: number): void {
  const { totals } = prefixes;
  prefixes.depth = depth;
  prefixes.totals = {};
  for (const [prefix, [objects, bytes]] of Object.entries(totals)) {
    addToPrefix(prefixes, shortened(prefix, base, depth), objects, bytes);
  }
}

function shortened(prefix: string, base: string, depth: number): string {
  const end = prefixEnd(prefix, base.length, depth);
  return prefix.slice(0, end < 0 ? ~end : end);
}

function addTo(total: Total, objects: number, bytes: number): void {
  total[0] += objects;
  total[1] += bytes;
}
