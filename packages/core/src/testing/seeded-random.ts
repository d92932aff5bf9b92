/** A random source that gives the same numbers for the same seed: xoshiro128**, seeded through SplitMix32. */
export interface SeededRandom {
  /** A number in [0, 1). */
  next(): number;
  /** `true` with this probability. Draws nothing for 0 or less, so that a fault that is off disturbs no other. */
  chance(probability: number): boolean;
  /** A number in [low, high). */
  between(range: readonly [low: number, high: number]): number;
  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item;
  /**
   * A duration in the manner of real ones: the logarithm is normally distributed.
   *
   * @param median - half of the draws are below it
   * @param sigma - spread of the logarithm; 0.5 is moderate, 1 has a long tail
   */
  logNormal(median: number, sigma: number): number;
}

/**
 * Makes a {@link SeededRandom}.
 *
 * @param seed - any whole number that is exact in JavaScript
 */
export function seededRandom(seed: number): SeededRandom {
  let mixed = (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b9);
  const mix = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let a = mix();
  let b = mix();
  let c = mix();
  let d = mix() | 1;
  const next = (): number => {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result / 2 ** 32;
  };
  return {
    next,
    chance: (probability) => probability > 0 && next() < probability,
    between: ([low, high]) => low + next() * (high - low),
    pick: (items) => items[Math.floor(next() * items.length)]!,
    logNormal(median, sigma) {
      // Box–Muller; 1 - next() is never 0.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(sigma * normal);
    },
  };
}
