import { callerDriver, memoryRunStore, recursive } from "@longhaul/core";
import type { BenchOptions, Finding } from "./finding.ts";
import { alternate, median } from "./measure.ts";

const STEPS = 1_000_000;

async function* count(from: number, upTo: number): AsyncGenerator<{ position: number }, string> {
  for (let position = from; position < upTo; position++) yield { position: position + 1 };
  return "all done";
}

const context = {
  awsRequestId: "bench",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:bench",
  functionVersion: "$LATEST",
  memoryLimitInMB: "1024",
  getRemainingTimeInMillis: (() => {
    const deadline = Date.now() + 3_600_000;
    return () => deadline - Date.now();
  })(),
};

const nsPerStep = (beganMs: number) => ((performance.now() - beganMs) * 1e6) / STEPS;

/** The cost of a safe point under `recursive()`, above a bare `for await` that looks at the clock. */
export async function safePoint(options: BenchOptions): Promise<Finding[]> {
  const make = (store: boolean) =>
    recursive<{ run: number }, { position: number }, string>({
      start: () => ({ position: 0 }),
      run: ({ position }) => count(position, STEPS),
      runId: () => `bench-${Math.random()}`,
      driver: callerDriver(),
      ...(store && { store: memoryRunStore() }),
    });
  const plain = make(false);
  const stored = make(true);
  const rounds = await alternate(
    {
      "bare for await + Date.now()": async () => {
        const beganMs = performance.now();
        let last = 0;
        for await (const { position } of count(0, STEPS)) last = position + (Date.now() & 0);
        if (last !== STEPS) throw new Error("the loop ended early");
        return nsPerStep(beganMs);
      },
      "recursive()": async () => {
        const beganMs = performance.now();
        const outcome = await plain({ run: 1 }, context);
        if (outcome.status !== "done") throw new Error(outcome.message);
        return nsPerStep(beganMs);
      },
      "recursive() with a store": async () => {
        const beganMs = performance.now();
        const outcome = await stored({ run: 1 }, context);
        if (outcome.status !== "done") throw new Error(outcome.message);
        return nsPerStep(beganMs);
      },
    },
    { rounds: options.rounds },
  );
  const bare = median(rounds["bare for await + Date.now()"]);
  const above = median(rounds["recursive()"]) - bare;
  const aboveStored = median(rounds["recursive() with a store"]) - bare;
  return [
    {
      what: "one safe point under recursive()",
      figure: `${above.toFixed(0)} ns above a bare loop of ${bare.toFixed(0)} ns, ratio ${(1 + above / bare).toFixed(2)} (with a store ${aboveStored.toFixed(0)} ns, ${(1 + aboveStored / bare).toFixed(2)})`,
      bar: "at most 500 ns above",
      isMet: above <= 500 && aboveStored <= 500,
      values: { aboveBareNs: above, aboveBareWithStoreNs: aboveStored },
      rounds,
      unit: "ns",
    },
  ];
}
