import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchOptions, Finding } from "./finding.ts";
import { alternate, median } from "./measure.ts";
import { startLoopBench } from "./queue-loops-app.ts";

const MESSAGES = { 1: 10_000, 8: 16_000 } as const;

/**
 * Messages a second of one loop and of eight of the real queue-loops on the embedded AWS, in terms of as many functions
 * of the same size with a plain loop; and what the loops' heartbeats cost. Measured from the arrival of all messages to the empty queue.
 */
export async function queueLoops({ rounds: count = 3 }: BenchOptions): Promise<Finding[]> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-bench-loops-"));
  const bench = await startLoopBench(directory);
  try {
    const findings: Finding[] = [];
    for (const loops of [1, 8] as const) {
      const messages = MESSAGES[loops];
      const rounds = await alternate(
        {
          "plain loop": () => bench.byPlainLoops(loops, messages),
          "queue-loops": () => bench.byLoops(loops, messages),
        },
        { rounds: count, warmUps: 1 },
      );
      const perSecond = (name: "plain loop" | "queue-loops") => (messages * 1_000) / median(rounds[name]);
      const share = perSecond("queue-loops") / perSecond("plain loop");
      const shown = (figure: number) => Math.round(figure).toLocaleString("en-US");
      findings.push({
        what: `${loops === 1 ? "one loop" : `${loops} loops`}, ${messages.toLocaleString("en-US")} messages`,
        figure: `${shown(perSecond("queue-loops"))} messages/s, ${(100 * share).toFixed(0)} % of ${loops === 1 ? "a plain loop" : "as many plain loops"}'s ${shown(perSecond("plain loop"))}`,
        bar: "at least 80 %",
        isMet: share >= 0.8,
        values: { percentOfPlainLoops: 100 * share },
        rounds,
      });
    }
    const { hops, periods, writes } = bench.cost;
    const perBeat = writes / (2 * hops + periods);
    findings.push({
      what: "heartbeats",
      figure: `${writes} writes, ${perBeat.toFixed(2)} for each begin, end and heartbeat period of a hop`,
      bar: "at most 1",
      isMet: perBeat <= 1,
    });
    return findings;
  } finally {
    await bench.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
