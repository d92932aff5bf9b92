import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestWindow } from "./request-window.ts";

const MAX = 64;

/** One round of answers, of which so many are refused. */
function round(window: RequestWindow, refused: number): void {
  const answers = window.size;
  for (let i = 0; i < answers; i++) window.answered(i < refused);
}

describe("the window of requests", () => {
  it("is never narrower than one request nor wider than it may be, whatever the answers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(fc.boolean(), { maxLength: 2_000 }), (max, answers) => {
        const window = new RequestWindow(max);
        for (const isRefused of answers) {
          window.answered(isRefused);
          expect(window.size).toBeGreaterThanOrEqual(1);
          expect(window.size).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  it("is as wide as it may be while nothing is refused", () => {
    const window = new RequestWindow(MAX);
    for (let i = 0; i < 1_000; i++) window.answered(false);
    expect(window.size).toBe(MAX);
  });

  it("comes to one request in a few rounds where all are refused", () => {
    const window = new RequestWindow(MAX);
    for (let rounds = 0; rounds < 7; rounds++) round(window, window.size);
    expect(window.size).toBe(1);
  });

  it("is the narrower, the larger the share that was refused", () => {
    fc.assert(
      fc.property(fc.nat(MAX), fc.nat(MAX), (some, others) => {
        const sizes = [some, others]
          .sort((a, b) => a - b)
          .map((refused) => {
            const window = new RequestWindow(MAX);
            round(window, refused);
            return window.size;
          });
        expect(sizes[0]).toBeGreaterThanOrEqual(sizes[1] as number);
      }),
    );
  });

  it("widens by one request each round without a refusal, from wherever it is, to its full width", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(MAX), { maxLength: 20 }), (refusals) => {
        const window = new RequestWindow(MAX);
        for (const refused of refusals) round(window, refused);
        for (let rounds = 0; rounds < MAX; rounds++) {
          const before = window.size;
          round(window, 0);
          expect(window.size).toBe(Math.min(MAX, before + 1));
        }
        expect(window.size).toBe(MAX);
      }),
    );
  });

  it.each([1, 2, 5, 20, 50])("settles a little above what is served, if that is %i at once", (served) => {
    const window = new RequestWindow(MAX);
    for (let rounds = 0; rounds < 300; rounds++) round(window, Math.max(0, window.size - served));
    let widest = 0;
    let narrowest = MAX;
    for (let rounds = 0; rounds < 50; rounds++) {
      round(window, Math.max(0, window.size - served));
      widest = Math.max(widest, window.size);
      narrowest = Math.min(narrowest, window.size);
    }
    expect(widest).toBeLessThanOrEqual(served + 3);
    expect(narrowest).toBeGreaterThanOrEqual(Math.min(served, Math.ceil(0.8 * served)));
  });

  it("is as wide as may be again after a bad time, and that in as many rounds as it has requests", () => {
    const window = new RequestWindow(MAX);
    for (let rounds = 0; rounds < 100; rounds++) round(window, window.size);
    for (let rounds = 0; rounds < MAX; rounds++) round(window, 0);
    expect(window.size).toBe(MAX);
  });
});
