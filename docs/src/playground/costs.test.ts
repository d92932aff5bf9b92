import { expect, it } from "vitest";
import { estimates } from "../../../packages/cli/src/cost/estimates.ts";
import { costsAt, OTHER_WAYS } from "./costs.ts";
import { Play } from "./play.ts";
import { DEFAULTS } from "./settings.ts";
import { watchPlay } from "./watched.ts";

async function costsOf(settings = DEFAULTS, atMs = Number.MAX_SAFE_INTEGER) {
  const play = new Play();
  play.end = await watchPlay(settings, [], (event) => play.add([event]));
  return costsAt(play, settings, atMs);
}

it("the cost of a run is its time, its requests and its writes; it grows, and memory makes it dearer", async () => {
  const [all] = await costsOf();
  // 200 items of about 2 s at 1 GB are about 420 GB-s; nine requests and some eighty writes are next to nothing.
  expect(all!.usd).toBeGreaterThan(400 * 0.0000133334);
  expect(all!.usd).toBeLessThan(480 * 0.0000133334);
  expect(all!.made).toMatch(/^4\d\d GB-s, \d+ requests, \d+ writes of its record$/);
  const [half] = await costsOf(DEFAULTS, 200_000);
  expect(half!.usd).toBeLessThan(all!.usd! * 0.6);
  const [large] = await costsOf({ ...DEFAULTS, memoryMb: 2_048 });
  expect(large!.usd! / all!.usd!).toBeCloseTo(2, 1);
});

it("each write of the record is paid for", () => {
  const play = new Play();
  for (let write = 0; write < 1_000_000; write++) play.writes.push(5);
  expect(costsAt(play, DEFAULTS, 4)[0]!.usd).toBe(0);
  expect(costsAt(play, DEFAULTS, 5)[0]!.usd).toBeCloseTo(0.625);
});

it("the alternatives are the calculator's, by the same names", async () => {
  const names = estimates({ items: 1, itemSeconds: 1, memoryMb: 1_024, runs: 1 }).map(({ way }) => way);
  expect(names).toEqual(expect.arrayContaining([...OTHER_WAYS]));
  const many = await costsOf({ ...DEFAULTS, items: 5_000, stepMs: 50 });
  expect(many.find(({ name }) => name.endsWith("a step for each item"))).toMatchObject({ usd: undefined });
  expect((await costsOf(DEFAULTS, 0)).slice(1).every(({ usd }) => usd === undefined)).toBe(true);
});
