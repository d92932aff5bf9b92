import type { Ask } from "./link.ts";
import { DEFAULTS, type Settings } from "./settings.ts";

/** A play that somebody prepared. */
export interface Preset {
  readonly id: string;
  /** The chapter of the tutorial whose failure it replays. */
  readonly chapter?: { readonly number: number; readonly page: string };
  /** The page that says how to do the same. */
  readonly guide?: { readonly name: string; readonly page: string };
  readonly name: string;
  /** The thing to look for. */
  readonly about: string;
  readonly settings: Settings;
  readonly asks: readonly Ask[];
}

const chapter = (number: number, page: string) => ({ chapter: { number, page: `/tutorial/${page}.html` } });
const guide = (name: string, page: string) => ({ guide: { name, page: `/how-to/${page}.html` } });
const play = (settings: Partial<Settings>, asks: readonly Ask[] = []) => ({
  settings: { ...DEFAULTS, ...settings },
  asks,
});

export const PRESETS: readonly Preset[] = [
  {
    id: "hops",
    name: "A run in hops",
    about:
      "200 items at about 2 seconds, in invocations of one minute. Each hop stops in time and hands its position on.",
    ...play({}),
  },
  {
    id: "out-of-time",
    ...chapter(1, "out-of-time"),
    name: "Out of time",
    about: "A plain loop. Lambda kills it at the timeout, and both retries begin again with the first item.",
    ...play({ code: "plain" }),
  },
  {
    id: "a-guessed-reserve",
    ...chapter(2, "recursion-with-a-position"),
    name: "A guessed reserve",
    about:
      "The loop calls itself when 10 seconds are left. An item that takes longer runs into the timeout, and its hop is repeated.",
    ...play({ code: "position", law: "pareto", stepMs: 5_000, items: 100, timeoutS: 60 }),
  },
  {
    id: "a-silent-call",
    ...chapter(3, "a-budget-that-learns"),
    name: "No answer",
    about:
      "One item hangs and ignores its signal. The watchdog hands the run off without it, and the next hop repeats that item.",
    ...play({ hangs: 1, items: 150, seed: 4 }),
  },
  {
    id: "two-chains",
    ...chapter(4, "the-watchdog"),
    name: "A watchdog forks",
    about:
      "A timer hands off, but the loop beside it keeps running. Both do the same items, until each customer has two invoices.",
    ...play({ code: "watchdog", timeoutS: 120, items: 100 }),
  },
  {
    id: "a-replaced-file",
    ...chapter(5, "caches-across-hops"),
    name: "A replaced file",
    about:
      "The file of orders is written anew while the run is under way. Its position means another order now: some customers get no invoice, and the run is done.",
    ...play({ code: "file-position" }),
  },
  {
    id: "the-etag-in-the-state",
    ...chapter(5, "caches-across-hops"),
    name: "The ETag in the state",
    about:
      "The same, but the state names the file it is a position in. The run ends at the first hop that finds another.",
    ...play({ code: "file-etag" }),
  },
  {
    id: "without-a-record",
    ...chapter(6, "duplicates-and-crashes"),
    name: "Without a record",
    about: "An event arrives twice. Without a run record nobody can tell, and two chains do the work.",
    ...play({ record: false, items: 120 }, [{ ask: "duplicate", atMs: 61_000 }]),
  },
  {
    id: "with-a-record",
    ...chapter(6, "duplicates-and-crashes"),
    name: "With a record",
    about:
      "Events arrive twice and a process dies. The record refuses each duplicate and says why; the run is done once.",
    ...play({ items: 120 }, [
      { ask: "duplicate", atMs: 20_000 },
      { ask: "kill", atMs: 90_000 },
      { ask: "duplicate", atMs: 100_000 },
      { ask: "duplicate", atMs: 480_000 },
    ]),
  },
  {
    id: "stuck",
    ...chapter(7, "guards"),
    name: "A stuck item",
    about: "The state never advances. After three hops without progress a guard ends the run and names the reason.",
    ...play({ code: "stuck", items: 100 }),
  },
  {
    id: "nothing-ends-it",
    ...chapter(7, "guards"),
    name: "Nothing ends it",
    about: "The loop of chapter 2 forgets its position. Each hop begins with the first item, and the bill grows.",
    ...play({ code: "forgets" }),
  },
  {
    id: "loop-detection",
    ...chapter(7, "guards"),
    name: "Loop detection",
    about:
      "Lambda stops a chain by hand after 16 invocations, without an error: the event is confirmed and never delivered.",
    ...play({ code: "position", loopDetection: true, law: "constant", items: 600 }),
  },
  {
    id: "a-counter-and-no-token",
    ...chapter(8, "a-whole-bucket"),
    name: "A counter, no token",
    about:
      "A bucket of 2,000 objects, in pages of 10. The state counts objects, and each hop begins with the first page. The counter grows, so no guard stops it.",
    ...play({ code: "bucket-counter", items: 2_000, stepMs: 200 }),
  },
  {
    id: "in-parts",
    ...chapter(8, "a-whole-bucket"),
    name: "In parts at once",
    about:
      "The same bucket, by the parts of @longhaul/walk. A part with too much left gives half of its keys to a new one: four runs work at once.",
    ...play({ code: "bucket-parts", items: 2_000, stepMs: 200, seed: 3 }),
  },
  {
    id: "a-message-deleted-too-early",
    ...chapter(9, "queues-and-loops"),
    name: "A message, too early",
    about:
      "A queue began this run. Hop 0 succeeds, so its message is deleted. A later hop fails, and no queue knows of the other records.",
    ...play({ code: "message" }),
  },
  {
    id: "a-token-taken",
    ...chapter(9, "queues-and-loops"),
    name: "A token taken",
    about:
      "Loops of @longhaul/fleet poll a queue. An alarm adds two, and later takes their tokens: they finish their messages and end. Kill one: another takes its row.",
    ...play({ code: "loops" }),
  },
  {
    id: "frozen",
    name: "A frozen process",
    about: "A process freezes, loses its lease, and thaws while its successor works. Its late write is fenced.",
    ...play({ lease: "heartbeat", timeoutS: 300, items: 200 }, [{ ask: "freeze", atMs: 60_000 }]),
  },
  {
    id: "deploy",
    ...chapter(10, "deploy-watch-stop-pay"),
    name: "Deploy in the middle",
    about: "A new version takes the next hop and migrates the state. The run goes on where it was.",
    ...play({}, [{ ask: "deploy", atMs: 100_000 }]),
  },
  {
    id: "asleep",
    ...guide("How to sleep", "sleep"),
    name: "Asleep, for nothing",
    about:
      "After 40 items the run sleeps for ten minutes: nothing runs, and nothing is billed. An event that arrives early begins nothing, and a deploy meanwhile does no harm.",
    ...play({ code: "sleeper" }, [
      { ask: "duplicate", atMs: 300_000 },
      { ask: "deploy", atMs: 1_000_000 },
    ]),
  },
  {
    id: "rewound",
    ...guide("How to rewind", "rewind"),
    name: "Rewound to hop 2",
    about:
      "Hops 2 to 5 wrote wrong invoices. The run is paused, mended by a deploy, and rewound: it does them again, with the state that hop 2 began with.",
    ...play({ history: true }, [
      { ask: "pause", atMs: 310_000 },
      { ask: "deploy", atMs: 400_000 },
      { ask: "rewind", atMs: 460_000, hop: 2 },
    ]),
  },
  {
    id: "bad-day",
    name: "A very bad day",
    about: "Everything goes wrong, far more often than it does. The run is done all the same.",
    ...play({
      crash: 0.5,
      twice: 20,
      lost: 10,
      throttled: 10,
      freezes: 0.1,
      hangs: 0.5,
      storeLost: 2,
      items: 300,
      lease: "heartbeat",
    }),
  },
  {
    id: "ten-thousand-hops",
    name: "10,000 hops",
    about: "Fourteen hours of work in invocations of ten seconds, with faults. The record stays as small as it was.",
    ...play({ items: 10_000, stepMs: 5_000, law: "constant", timeoutS: 10, crash: 0.01, twice: 1, lost: 0.1 }),
  },
];
