import { describe, expect, it } from "vitest";
import { DurationEstimate } from "./estimate.ts";

function after(...samples: number[]): DurationEstimate {
  const estimate = new DurationEstimate();
  for (const ms of samples) estimate.add(ms);
  return estimate;
}

describe("a duration is predicted as RFC 6298 predicts a round trip", () => {
  // By hand: first R: mean R, dev R/2. Then dev = 3/4 dev + 1/4 |mean - R|, and mean = 7/8 mean + 1/8 R.
  it.each([
    { samples: [100], mean: 100, dev: 50, predicted: 300 },
    { samples: [100, 200], mean: 112.5, dev: 62.5, predicted: 362.5 },
    { samples: [100, 200, 100], mean: 110.938, dev: 50, predicted: 310.9375 },
    { samples: [100, 100, 100], mean: 100, dev: 28.125, predicted: 212.5 },
    { samples: [0], mean: 0, dev: 0, predicted: 0 },
  ])("$samples", ({ samples, mean, dev, predicted }) => {
    const estimate = after(...samples);
    expect(estimate.stats()).toEqual({ mean, dev, peak: Math.max(...samples) });
    expect(estimate.predictedMs).toBe(predicted);
  });

  it("knows nothing before the first sample", () => {
    const estimate = new DurationEstimate();
    expect(estimate.known).toBe(false);
    expect(estimate.predictedMs).toBe(0);
    expect(estimate.stats()).toBeUndefined();
  });
});

describe("the prediction is never below the largest recent sample", () => {
  const steady = (count: number) => Array.from({ length: count }, () => 10);

  it("as long as it is one of the last 64", () => {
    const estimate = after(5_000, ...steady(63));
    expect(estimate.predictedMs).toBe(5_000);
  });

  it("and forgets it after 128, so that one slow step does not cost every later hop", () => {
    const estimate = after(5_000, ...steady(127));
    expect(estimate.predictedMs).toBeLessThan(100);
    expect(estimate.stats()?.peak).toBe(10);
  });

  it("or as far as hops of few samples saw nothing like it", () => {
    let estimate = after(5_000);
    for (let hop = 0; hop < 64; hop++) {
      estimate = new DurationEstimate(estimate.stats());
      for (const ms of steady(8)) estimate.add(ms);
    }
    expect(estimate.predictedMs).toBeLessThan(20);
  });

  it("across hops, too", () => {
    const estimate = new DurationEstimate(after(5_000, ...steady(63)).stats());
    estimate.add(10);
    expect(estimate.predictedMs).toBe(5_000);
    for (const ms of steady(63)) estimate.add(ms);
    expect(estimate.predictedMs).toBeLessThan(1_000);
  });
});

it("what is learned goes on in the next hop where it stood", () => {
  const whole = after(100, 200, 150, 90);
  const first = after(100, 200);
  const second = new DurationEstimate(first.stats());
  second.add(150);
  second.add(90);
  expect(second.predictedMs).toBe(whole.predictedMs);
  expect(second.stats()).toEqual({ ...whole.stats(), peak: 200 * (1 - 2 / 64) });
});

it("what would be learned from one more sample can be asked for", () => {
  const estimate = after(100, 200);
  const { predictedMs } = estimate;
  expect(estimate.stats(150)).toMatchObject({ mean: after(100, 200, 150).stats()?.mean });
  expect(new DurationEstimate().stats(150)).toEqual(after(150).stats());
  expect(estimate.predictedMs).toBe(predictedMs);
});

it("a duration below 0, by a clock that was set back, teaches nothing", () => {
  const estimate = after(100, 200);
  const before = estimate.stats();
  estimate.add(-5_000);
  expect(estimate.stats()).toEqual(before);
  expect(after(-5_000).known).toBe(false);
});

describe("the prediction after one more sample is known before it", () => {
  it.each([
    [[], 40],
    [[100], 100],
    [[100, 200], 150],
    [[100, 200], 5],
    [[100, 200, 150], 900],
    [[100, 20], 0],
  ])("%j, then %d", (samples, ms) => {
    const told = after(...samples).predictedAfter(ms);
    expect(told).toBe(after(...samples, ms).predictedMs);
  });
});
