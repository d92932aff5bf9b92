import { estimates } from "../../../packages/cli/src/cost/estimates.ts";
import { PRICES } from "../../../packages/cli/src/cost/prices.ts";
import { countUntil, type Play } from "./play.ts";
import { type Settings, usesRecord } from "./settings.ts";

/** The price of one way of doing the work. */
export interface Cost {
  readonly name: string;
  /** `undefined`: it cannot do this work. */
  readonly usd: number | undefined;
  /** The parts of the figure, or why there is none. */
  readonly made: string;
}

/** The calculator's ways that are shown beside a run. */
export const OTHER_WAYS: readonly string[] = [
  "Durable functions, a step for each batch",
  "Durable functions, a step for each item",
  "Step Functions, a loop over batches",
  "Distributed Map, Standard children",
  "Fargate, one task",
];

/** The costs of a play until a moment, beside the calculator's estimates for the items that were done. */
export function costsAt(play: Play, settings: Settings, atMs: number): Cost[] {
  const { memoryMb } = settings;
  const begun = play.begunAt(atMs);
  let ms = 0;
  for (let index = 0; index < begun; index++) {
    const { fromMs, toMs } = play.bars[index]!;
    ms += Math.min(toMs, atMs) - fromMs;
  }
  const gbSeconds = (ms / 1_000) * (memoryMb / 1_024);
  const writes = countUntil(play.writes, atMs, (at) => at);
  const { done } = play.itemsAt(atMs);
  const count = (value: number) => Math.round(value).toLocaleString("en-US");
  const others = done === 0 ? [] : estimates({ items: done, itemSeconds: settings.stepMs / 1_000, memoryMb, runs: 1 });
  return [
    {
      name: "This run",
      usd: gbSeconds * PRICES.lambdaGbSecond.usd + begun * PRICES.lambdaRequest.usd + writes * PRICES.tableWrite.usd,
      made: `${count(gbSeconds)} GB-s, ${count(begun)} requests${usesRecord(settings) ? `, ${count(writes)} writes of its record` : ""}`,
    },
    ...OTHER_WAYS.map((name) => {
      const { usd, because = "nothing was done yet" } = others.find(({ way }) => way === name) ?? {};
      return { name, usd, made: because };
    }),
  ];
}
