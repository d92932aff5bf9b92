import { expect, it } from "vitest";
import { fromHash, toHash } from "./link.ts";
import { DEFAULTS } from "./settings.ts";

it("a link names what differs from the usual, in words", () => {
  expect(toHash({ settings: DEFAULTS, asks: [], atMs: 0 })).toBe("");
  const settings = { ...DEFAULTS, items: 500, law: "pareto", record: false } as const;
  const asks = [{ ask: "kill", atMs: 12_000 }] as const;
  expect(toHash({ settings, asks, atMs: 60_500.4 })).toBe("items=500&law=pareto&record=false&do=kill@12000&at=60501");
});

it("a link to a rewound run names its hop", () => {
  const asks = [{ ask: "rewind", hop: 12, atMs: 90_000 }] as const;
  const hash = toHash({ settings: { ...DEFAULTS, history: true }, asks, atMs: 0 });
  expect(hash).toBe("history=true&do=rewind-12@90000");
  expect(fromHash(hash).asks).toEqual(asks);
});

it.each([
  "items=NaN&stepMs=-1&timeoutS=1e9&memoryMb=&law=__proto__&code=toString&seed=-3",
  "do=explode@12,toString@3,kill@,kill@-1,@5,kill@1e3,delete@5&at=soon",
  "%%%&=&&&#",
  "record=maybe&loopDetection=1",
  "do=rewind@5,rewind-@5,rewind-x@5,rewind--1@5,kill-3@5,rewind-3",
])("what a link says that cannot be is left as usual: %s", (hash) => {
  expect(fromHash(`#${hash}`)).toEqual({ settings: DEFAULTS, asks: [], atMs: 0 });
});

it("brings what was done into its order, and takes no more than can be shown", () => {
  const { asks } = fromHash(`#do=kill@300,deploy@100,${"freeze@200,".repeat(1_000)}`);
  expect(asks[0]).toEqual({ ask: "deploy", atMs: 100 });
  expect(asks).toHaveLength(200);
});
