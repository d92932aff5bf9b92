import { formatTrace, simulate } from "../src/testing.ts";
import { itemWorker, job } from "./simulated-work.ts";

// For `no-async-hooks.test.ts`: what happens in some simulations.
for (let seed = 0; seed < 20; seed++) {
  const result = await simulate({ seed, event: job("one"), handler: itemWorker(), timeoutMs: 20_000 });
  console.log(`seed ${seed}: ${result.outcome}\n${formatTrace(result.trace)}`);
}
