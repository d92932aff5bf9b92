import { commandLine } from "../../../scripts/command-line.ts";
import { runChecks, simulate, standardChecks } from "../src/testing.ts";
import type { Family } from "./simulated-families.ts";

/** The command that soaks the families of a package: reads its arguments, sets the exit code. */
export async function soakCommand(families: Readonly<Record<string, Family>>, workspace: string): Promise<void> {
  const usage = `Simulates under many more seeds than the test suite does.

  npm run soak -w ${workspace} -- [--seeds N] [--minutes M] [--from SEED] [--family NAME]

  --seeds    seeds of each family (default 100,000)
  --minutes  ends after so many minutes at the latest (default 10)
  --from     the first seed (default 1,000,000: none that the test suite runs)
  --family   only this family: ${Object.keys(families).join(" | ")}`;

  const { values } = commandLine(usage, {
    options: {
      seeds: { type: "string", default: "100000" },
      minutes: { type: "string", default: "10" },
      from: { type: "string", default: "1000000" },
      family: { type: "string" },
    },
  });
  const [seeds, minutes, from] = [Number(values.seeds), Number(values.minutes), Number(values.from)];
  const chosen = Object.entries(families).filter(([name]) => values.family === undefined || values.family === name);

  if (chosen.length === 0 || !(seeds > 0) || !(minutes > 0) || !Number.isSafeInteger(from)) {
    console.log(usage);
    process.exitCode = 2;
  } else {
    process.exitCode = (await soak(chosen, from, seeds, Date.now() + minutes * 60_000)) === 0 ? 0 : 1;
  }
}

/** Takes the families in turn, a seed each; answers with the number of seeds that broke a check. */
async function soak(
  chosen: readonly (readonly [string, Family])[],
  from: number,
  seeds: number,
  endMs: number,
): Promise<number> {
  const beganMs = Date.now();
  let shownMs = beganMs;
  const total = { runs: 0, hops: 0, crashes: 0, timeouts: 0, events: 0, failures: 0 };
  const show = () => {
    const seconds = (Date.now() - beganMs) / 1_000;
    const { runs, hops, crashes, timeouts, events, failures } = total;
    console.log(
      `${seconds.toFixed(0)} s: ${runs} runs (${(runs / seconds).toFixed(0)}/s), ${hops} hops, ${crashes} crashes, ${timeouts} timeouts, ${events} events, ${failures} failing`,
    );
  };
  for (let seed = from; seed < from + seeds && Date.now() < endMs; seed++) {
    for (const [name, { checks = standardChecks, vary, seeds: _, atLeastDone: __, ...options }] of chosen) {
      try {
        const { checks: more = [], ...varied } = vary?.(seed) ?? {};
        const result = await simulate({ ...options, ...varied, seed });
        total.hops += result.stats.hops;
        total.crashes += result.stats.crashes;
        total.timeouts += result.stats.timeouts;
        total.events += result.trace.length;
        runChecks(result, [...checks, ...more], `npx vitest run test/simulation.test.ts -t "${name}"`);
      } catch (error) {
        total.failures++;
        console.error(`${name}, seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
      }
      total.runs++;
    }
    if (Date.now() - shownMs > 10_000) {
      shownMs = Date.now();
      show();
    }
  }
  show();
  return total.failures;
}
