import { secretSeal } from "../src/index.ts";
import { formatTrace, simulate } from "../src/testing.ts";
import { itemWorker, job } from "./simulated-work.ts";

/** For `browser.test.ts`: what happens in one simulation, and whether a sealed state can be opened. */
export async function inBrowser(seed: number): Promise<string> {
  const { outcome, trace } = await simulate({ seed, event: job("one"), handler: itemWorker(), timeoutMs: 20_000 });
  const { seal, open } = secretSeal(["a secret of a browser's test"]);
  return `${outcome}\n${await open(await seal(formatTrace(trace), "context"), "context")}`;
}
