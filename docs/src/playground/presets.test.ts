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
const said = ({ lines }: Pick<Play, "lines">) => lines.map(({ text }) => text);
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

  it("a replaced file: the run is done, and some customers get no invoice", async () => {
    const play = await playOf("a-replaced-file");
    expect(play.end?.outcome).toBe("done");
    expect(play.itemsAt(END)).toEqual({ done: 180, repeated: 0 });
    expect(said(play)).toContain("Somebody replaces the file: its first 20 orders are cancelled");
    // The cache did its part.
    expect(said(play).filter((text) => text.startsWith("S3 sends the file"))).toHaveLength(2);
    expect(said(play).filter((text) => text.startsWith("S3 answers 304")).length).toBe(play.bars.length - 2);
  });

  it("the ETag in the state: the run ends at the first hop that finds another file", async () => {
    const { end, bars } = await playOf("the-etag-in-the-state");
    expect(end).toMatchObject({ outcome: "failed", reason: expect.stringContaining("was replaced during the run") });
    expect(bars.at(-1)).toMatchObject({ end: "failed", items: [] });
  });

  it("a counter, no token: each hop works on the first pages, and no guard ends the run", async () => {
    const play = await playOf("a-counter-and-no-token");
    expect(play.end?.outcome).toBe("unfinished");
    expect(play.bars.length).toBeGreaterThan(50);
    expect(play.recordAt(END)?.state).toMatch(/"objects":\d{5}/);
    const { done } = play.itemsAt(END);
    expect(done).toBeLessThan(400);
  });

  it("in parts at once: four runs side by side, each object once, in a fraction of the time", async () => {
    const play = await playOf("in-parts");
    expect(play.end?.outcome).toBe("done");
    expect(play.itemsAt(END)).toEqual({ done: 2_000, repeated: 0 });
    const atOnce = play.bars.map(({ fromMs }) => play.bars.filter((bar) => bar.fromMs <= fromMs && bar.toMs > fromMs));
    expect(Math.max(...atOnce.map((bars) => new Set(bars.map(({ runNumber }) => runNumber)).size))).toBe(4);
    const { settings } = preset("in-parts");
    const serial = await played({ settings: { ...settings, code: "bucket-token" }, asks: [] });
    expect(serial.itemsAt(END)).toEqual({ done: 2_000, repeated: 0 });
    expect(play.end!.endedAtMs).toBeLessThan(serial.end!.endedAtMs / 3);
  });

  it("a message, too early: it is deleted after hop 0, and what a later hop leaves is nobody's", async () => {
    const play = await playOf("a-message-deleted-too-early");
    expect(play.end?.outcome).toBe("on-failure");
    expect(play.itemsAt(END).done).toBe(66);
    const isDeleted = ({ text }: { readonly text: string }) => text.includes("the queue deletes the message");
    expect(play.lines.filter(isDeleted).map(({ atMs }) => atMs <= play.bars[0]!.toMs)).toEqual([true]);
    expect(play.bars.filter(({ end }) => end === "threw")).toHaveLength(3);
  });

  it("a token taken: its loop finishes the message it has, and ends; each message is done once", async () => {
    const play = await playOf("a-token-taken");
    expect(play.end?.outcome).toBe("stopped");
    expect(play.runsBegan).toHaveLength(3);
    expect(play.itemsAt(END)).toEqual({ done: 200, repeated: 0 });
    expect(play.bars.filter(({ end }) => end === "stopped").map(({ runNumber }) => runNumber)).toEqual([3, 2, 1]);
    expect(play.refused).toEqual([]);
  });

  it("a loop that dies is replaced in its row, and its message comes back", async () => {
    const { settings } = preset("a-token-taken");
    const play = await played({ settings, asks: [{ ask: "kill", atMs: 30_000 }] });
    expect(said(play)).toContain("restart finds 1 dead loop, and puts another in its row");
    expect(play.runsBegan).toHaveLength(4);
    expect(play.itemsAt(END).done).toBe(200);
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

  it("asleep: no invocation runs meanwhile, none begins early, and the next runs on the new version", async () => {
    const play = await playOf("asleep");
    expect(play.end?.outcome).toBe("done");
    expect(play.itemsAt(END)).toEqual({ done: 200, repeated: 0 });
    const sleeps = play.bars.filter(({ end }) => end === "sleeping");
    expect(sleeps).toHaveLength(4);
    for (const { toMs, wakeAtMs } of sleeps) {
      expect(wakeAtMs! - toMs).toBeGreaterThan(599_000);
      expect(play.itemsAt(wakeAtMs! - 1)).toEqual(play.itemsAt(toMs));
    }
    // The early event makes sure that the run is woken, so hop 2 has two events.
    expect(play.refused.map(({ refusal }) => refusal)).toEqual(["sleeping", "lease-live"]);
    expect([play.bars[0]!.version, play.bars.at(-1)!.version]).toEqual([1, 2]);
    // Ten minutes of sleep are no seconds of Lambda.
    const workedMs = play.bars.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    expect(workedMs).toBeLessThan(play.end!.endedAtMs - 4 * 590_000);
  });

  it("rewound: hop 2 begins again on the new version, with the state that it began with", async () => {
    const play = await playOf("rewound");
    expect(play.end?.outcome).toBe("done");
    const { done, repeated } = play.itemsAt(END);
    expect(done).toBe(200);
    const before = play.bars.filter(({ fromMs }) => fromMs < 460_000);
    const again = play.bars.find(({ fromMs }) => fromMs >= 460_000)!;
    expect(again).toMatchObject({ hop: 2, version: 2 });
    expect(repeated).toBe(before.filter(({ hop }) => hop >= 2).reduce((sum, { items }) => sum + items.length, 0));
    expect(repeated).toBeGreaterThan(50);
    expect(said(play)).toContainEqual(
      expect.stringMatching(
        /^You: rewound the run to hop 2; it continues from \{"version":1,"value":\{"next":\d+\}\}$/,
      ),
    );
  });

  it("a history is paid for by one write more a hop, and there is none to rewind in without", async () => {
    const { settings } = preset("rewound");
    const types: string[] = [];
    await watchPlay(settings, [], ({ type }) => types.push(type));
    const handedOff = (await played({ settings, asks: [] })).bars.filter(({ end }) => end === "continued");
    expect(types.filter((type) => type === "kept")).toHaveLength(handedOff.length);
    const without = await played({ ...preset("hops"), asks: [{ ask: "rewind", atMs: 200_000, hop: 1 }] });
    expect(said(without)).toContain("You: rewound the run. There was nothing to do it to");
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

it("each names a page that is there", () => {
  for (const { chapter, guide } of PRESETS) {
    for (const { page } of [chapter, guide].filter((each) => each !== undefined)) {
      expect(existsSync(fileOfPage(page.slice(1, -".html".length))!)).toBe(true);
    }
  }
});

it("a link to it brings it back", () => {
  for (const { settings, asks } of PRESETS) {
    expect(fromHash(`#${toHash({ settings, asks, atMs: 12_345 })}`)).toEqual({ settings, asks, atMs: 12_345 });
  }
});
