import { commandLine } from "../../../scripts/command-line.ts";
import { runChecks, type SimulationResult, simulate, standardChecks } from "../src/testing.ts";
import type { Family } from "./simulated-families.ts";

/** One simulated run of a seed. Rejects with what does not hold. */
export type Trial = (seed: number) => Promise<SimulationResult>;

/** The families as trials. */
export function trialsOf(families: Readonly<Record<string, Family>>): Readonly<Record<string, Trial>> {
  const trialOf = (name: string, family: Family): Trial => {
    const { checks = standardChecks, vary, seeds: _, atLeastDone: __, ...options } = family;
    return async (seed) => {
      const { checks: more = [], ...varied } = vary?.(seed) ?? {};
      const result = await simulate({ ...options, ...varied, seed });
      runChecks(result, [...checks, ...more], `npx vitest run test/simulation.test.ts -t "${name}"`);
      return result;
    };
  };
  return Object.fromEntries(Object.entries(families).map(([name, family]) => [name, trialOf(name, family)]));
}

/** The command that soaks the trials of a package: reads its arguments, sets the exit code. */
export async function soakCommand(trials: Readonly<Record<string, Trial>>, workspace: string): Promise<void> {
  const usage = `Simulates under many more seeds than the test suite does.

  npm run soak -w ${workspace} -- [--seeds N] [--minutes M] [--from SEED] [--family NAME]

  --seeds    seeds of each family (default 100,000)
  --minutes  ends after so many minutes at the latest (default 10)
  --from     the first seed (default 1,000,000: none that the test suite runs)
  --family   only this family: ${Object.keys(trials).join(" | ")}`;

  const { values } = commandLine(usage, {
    options: {
      seeds: { type: "string", default: "100000" },
      minutes: { type: "string", default: "10" },
      from: { type: "string", default: "1000000" },
      family: { type: "string" },
    },
  });
  const [seeds, minutes, from] = [Number(values.seeds), Number(values.minutes), Number(values.from)];
  const chosen = Object.entries(trials).filter(([name]) => values.family === undefined || values.family === name);

  if (chosen.length === 0 || !(seeds > 0) || !(minutes > 0) || !Number.isSafeInteger(from)) {
    console.log(usage);
    process.exitCode = 2;
  } else {
    const failures = await soak(chosen, from, seeds, Date.now() + minutes * 60_000, workspace);
    process.exitCode = failures === 0 ? 0 : 1;
  }
}

/** Takes the families in turn, a seed each; answers with the number of seeds that broke a check. */
async function soak(
  chosen: readonly (readonly [string, Trial])[],
  from: number,
  seeds: number,
  endMs: number,
  workspace: string,
): Promise<number> {
  const beganMs = Date.now();
  let shownMs = beganMs;
  const total = { runs: 0, hops: 0, crashes: 0, timeouts: 0, events: 0, failures: 0 };
  const show = (until: number) => {
    const seconds = (Date.now() - beganMs) / 1_000;
    const { runs, hops, crashes, timeouts, events, failures } = total;
    console.log(
      `${seconds.toFixed(0)} s: seeds ${from} to ${until - 1}, ${runs} runs (${(runs / seconds).toFixed(0)}/s), ${hops} hops, ${crashes} crashes, ${timeouts} timeouts, ${events} events, ${failures} failing`,
    );
  };
  let seed = from;
  for (; seed < from + seeds && Date.now() < endMs; seed++) {
    for (const [name, trial] of chosen) {
      try {
        const { stats, trace } = await trial(seed);
        total.hops += stats.hops;
        total.crashes += stats.crashes;
        total.timeouts += stats.timeouts;
        total.events += trace.length;
      } catch (error) {
        total.failures++;
        console.error(`${name}, seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
        console.error(`Again: npm run soak -w ${workspace} -- --family "${name}" --from ${seed} --seeds 1`);
      }
      total.runs++;
    }
    if (Date.now() - shownMs > 10_000) {
      shownMs = Date.now();
      show(seed + 1);
    }
  }
  show(seed);
  return total.failures;
}
