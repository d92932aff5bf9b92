import { spawn } from "node:child_process";
import type { BenchOptions, Finding } from "./finding.ts";
import { alternate, median } from "./measure.ts";

/** A process of the bench: starts the embedded AWS, makes a call like an SDK's, says how long the start took, and ends. */
const STARTS = `
const beganMs = performance.now();
const { startLocalAws } = await import("@longhaul/local");
const importedMs = performance.now();
const aws = await startLocalAws();
const startedMs = performance.now();
await (await fetch(aws.url)).text();
process.stdout.write(JSON.stringify({ importMs: importedMs - beganMs, startMs: startedMs - importedMs }));
`;

/** Runs a program from its spawning to what it says. */
async function untilSaid(program: string): Promise<{ readonly totalMs: number; readonly said: string }> {
  const beganMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      "--conditions=longhaul-source",
      "--input-type=module",
      "--eval",
      `${program}; process.stdout.write("", () => process.exit())`,
    ],
    { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] },
  );
  let said = "";
  let totalMs = 0;
  for await (const chunk of child.stdout) {
    said += String(chunk);
    totalMs = performance.now() - beganMs;
  }
  if (said === "") throw new Error("The process ended without a word.");
  return { totalMs, said };
}

/** How long the embedded AWS takes to start, in a new process, until it has answered a request. */
export async function localStart({ rounds: count = 9 }: BenchOptions): Promise<Finding[]> {
  const startMs: number[] = [];
  const rounds = await alternate(
    {
      "process, import, start, answer": async () => {
        const { totalMs, said } = await untilSaid(STARTS);
        const { startMs: ms } = JSON.parse(said) as { startMs: number };
        startMs.push(ms);
        return totalMs;
      },
      "an empty process": async () => (await untilSaid('process.stdout.write("up")')).totalMs,
    },
    { rounds: count },
  );
  const totalMs = median(rounds["process, import, start, answer"]);
  const emptyMs = median(rounds["an empty process"]);
  const own = startMs.slice(-count);
  return [
    {
      what: "embedded AWS from nothing to its first answer",
      figure: `${totalMs.toFixed(0)} ms, ${(totalMs / emptyMs).toFixed(1)} x an empty Node process (startLocalAws() alone ${median(own).toFixed(0)} ms)`,
      bar: "under 1 s",
      isMet: totalMs < 1000,
      values: { startMs: totalMs, timesEmptyProcess: totalMs / emptyMs },
      rounds: { ...rounds, "startLocalAws() alone": own },
    },
  ];
}
