import { simulate } from "@longhaul/core/testing";
import { handler } from "./readme.mjs";

async function main(): Promise<void> {
  const event = { orders: 40 };
  const { outcome, stats } = await simulate({ seed: 1, event, timeoutMs: 3_000, handler: () => handler });
  console.log(outcome, stats.hops > 1 ? "in several hops" : "in one hop", stats.steps >= 40 ? "with all steps" : "");
}
void main();
