import { describe, expect, it } from "vitest";
import { seededRandom } from "./seeded-random.ts";

describe("seeded randomness", () => {
  it("repeats for a seed and differs between seeds, also beyond 32 bits", () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 20 }, () => random.next());
    };
    const seeds = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    for (const seed of seeds) expect(draw(seed)).toEqual(draw(seed));
    expect(new Set(seeds.map((seed) => draw(seed).join())).size).toBe(seeds.length);
  });

  it("is even over [0, 1)", () => {
    const random = seededRandom(1);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) bins[Math.floor(random.next() * 10)]!++;
    for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it("draws durations with the median and spread asked for", () => {
    const random = seededRandom(2);
    const draws = Array.from({ length: 20_001 }, () => random.logNormal(100, 0.5)).sort((a, b) => a - b);
    expect(draws[10_000]).toBeGreaterThan(97);
    expect(draws[10_000]).toBeLessThan(103);
    // One standard deviation up: e ** 0.5.
    expect(draws[Math.round(20_000 * 0.8413)]! / 100).toBeCloseTo(Math.exp(0.5), 1);
  });

  it("draws nothing for a chance of 0", () => {
    const [one, other] = [seededRandom(3), seededRandom(3)];
    expect(one.chance(0)).toBe(false);
    expect(one.next()).toBe(other.next());
  });
});
