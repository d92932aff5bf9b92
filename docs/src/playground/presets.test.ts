import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fileOfPage } from "../../navigation.ts";
import { fromHash, toHash } from "./link.ts";
import { Play } from "./play.ts";
import { PRESETS, type Preset } from "./presets.ts";
import { watchPlay } from "./watched.ts";

async function played({ settings, asks }: Pick<Preset, "settings" | "asks">): Promise<Play> {
  const play = new Play();
  play.end = await watchPlay(settings, asks, (event) => play.add([event]));
  return play;
}

const preset = (id: string) => PRESETS.find((each) => each.id === id)!;
const playOf = (id: string) => played(preset(id));
const END = Number.POSITIVE_INFINITY;

describe("a prepared run shows what it says", () => {
  it("a run in hops: each item once, no invocation out of time", async () => {
    const play = await playOf("hops");
    expect(play.end?.outcome).toBe("done");
    expect(play.itemsAt(END)).toEqual({ done: 200, repeated: 0 });
    expect(play.bars.map(({ end }) => end)).toEqual([...Array(play.bars.length - 1).fill("continued"), "done"]);
  });

  it("out of time: three attempts do the first items, and no one does the last", async () => {
    const play = await playOf("out-of-time");
    expect(play.bars.map(({ hop, end }) => `${hop} ${end}`)).toEqual(["0 timeout", "0 timeout", "0 timeout"]);
    expect(play.end?.outcome).toBe("on-failure");
    const { done, repeated } = play.itemsAt(END);
    expect(repeated).toBeGreaterThan(10);
    expect(done).toBeLessThan(40);
  });

  it("a guessed reserve: an item longer than it runs into the timeout", async () => {
    const play = await playOf("a-guessed-reserve");
    expect(play.bars.some(({ end }) => end === "timeout")).toBe(true);
    expect(play.itemsAt(END).repeated).toBeGreaterThan(0);
  });

  it("no answer: the run passes by the item that hangs, and no invocation is killed", async () => {
    const play = await playOf("a-silent-call");
    expect(play.lines.some(({ text }) => text.includes("hangs"))).toBe(true);
    expect(play.bars.some(({ end }) => end === "timeout")).toBe(false);
    expect(play.itemsAt(END).done).toBe(150);
  });

  it("a watchdog forks: every item is done twice", async () => {
    const play = await playOf("two-chains");
    expect(play.itemsAt(END)).toEqual({ done: 100, repeated: 100 });
  });

  it("without a record the duplicate does the rest again; with one it is refused", async () => {
    const without = await playOf("without-a-record");
    expect(without.itemsAt(END).repeated).toBeGreaterThan(50);
    expect(without.refused).toEqual([]);
    const { refused, end, ...play } = await playOf("with-a-record");
    expect(end?.outcome).toBe("done");
    expect(refused.map(({ refusal }) => refusal)).toEqual(["lease-live", "lease-live", "over"]);
    expect(refused[0]!.why).toMatch(/^Hop 0 is already running: another invocation holds its lease until 1 min \d s\./);
    expect(play.bars.some(({ attempt }) => attempt === 2)).toBe(true);
  });

  it("a stuck item: a guard ends the run after three hops, with the reason", async () => {
    const { end, bars } = await playOf("stuck");
    expect(end).toMatchObject({ outcome: "paused", reason: expect.stringContaining("no new safe point") });
    expect(bars.length).toBeLessThan(6);
  });

  it("nothing ends it: the same few items, again and again, until nobody looks any more", async () => {
    const play = await playOf("nothing-ends-it");
    expect(play.end?.outcome).toBe("unfinished");
    expect(play.bars.length).toBeGreaterThan(100);
    const { done, repeated } = play.itemsAt(END);
    expect(done).toBeLessThan(40);
    expect(repeated).toBeGreaterThan(done / 2);
  });

  it("loop detection: the chain ends after 16 invocations, without an error", async () => {
    const { bars, end } = await playOf("loop-detection");
    expect(bars).toHaveLength(16);
    expect(bars.every(({ end: of }) => of === "continued")).toBe(true);
    expect(end?.outcome).toBe("unfinished");
  });

  it("a frozen process: its successor takes the lease, and it is fenced", async () => {
    const { refused, bars, end } = await playOf("frozen");
    expect(refused.map(({ refusal }) => refusal)).toEqual(["fenced"]);
    expect(bars[0]!.freezes).toEqual([[60_000, 240_000]]);
    expect(bars[1]).toMatchObject({ hop: 0, attempt: 2 });
    expect(end?.outcome).toBe("done");
  });

  it("deploy: later hops run on version 2, and no item is done twice", async () => {
    const play = await playOf("deploy");
    expect(play.bars[0]!.version).toBe(1);
    expect(play.bars.at(-1)!.version).toBe(2);
    expect(play.recordAt(END)?.result).toBe('"all done"');
    expect(play.itemsAt(END)).toEqual({ done: 200, repeated: 0 });
  });

  it("a very bad day: done all the same", async () => {
    const play = await playOf("bad-day");
    expect(play.end?.outcome).toBe("done");
    expect(play.itemsAt(END).done).toBe(300);
    expect(play.bars.some(({ end }) => end === "killed")).toBe(true);
  });

  it("10,000 hops: the first 500 of them", async () => {
    const { settings } = preset("ten-thousand-hops");
    const play = await played({ settings: { ...settings, items: 500 }, asks: [] });
    expect(play.end?.outcome).toBe("done");
    expect(play.bars.at(-1)!.hop).toBeGreaterThanOrEqual(499);
  });
});

it("each names a chapter that is there", () => {
  for (const { chapter } of PRESETS) {
    if (chapter) expect(existsSync(fileOfPage(chapter.page.slice(1, -".html".length))!)).toBe(true);
  }
});

it("a link to it brings it back", () => {
  for (const { settings, asks } of PRESETS) {
    expect(fromHash(`#${toHash({ settings, asks, atMs: 12_345 })}`)).toEqual({ settings, asks, atMs: 12_345 });
  }
});
