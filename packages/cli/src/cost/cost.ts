import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { AccessOptions } from "../runs/access-options.ts";
import { found, withRuns } from "../runs/run-access.ts";
import { screenOn } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { costText, jobText } from "./cost-text.ts";
import { type Estimate, estimates, type Job } from "./estimates.ts";
import { PRICES, type Price } from "./prices.ts";
import { jobOfRun, type RunCost, runCost } from "./run-cost.ts";

/** Options of `longhaul cost`. */
export interface CostOptions extends AccessOptions {
  readonly items?: number | undefined;
  readonly itemSeconds?: number | undefined;
  readonly memory?: number | undefined;
  readonly runs?: number | undefined;
  readonly json?: true | undefined;
}

/** The answer of `longhaul cost --json`. */
interface CostAnswer {
  /** Absent without a run. */
  readonly run?: RunCost;
  /** Absent where the run has made no step. */
  readonly job?: Job;
  readonly estimates: readonly Estimate[];
  readonly prices: Readonly<Record<string, Price>>;
}

const DEFAULT_MEMORY_MB = 1_024;

/** Shows what a run has cost, or what a job would cost. */
export async function cost(id: string | undefined, options: CostOptions): Promise<ExitCode> {
  show(id === undefined ? ofJob(options) : await ofRun(id, options), options);
  return EXIT.ok;
}

async function ofRun(id: string, options: CostOptions): Promise<CostAnswer> {
  if (options.items !== undefined || options.itemSeconds !== undefined) {
    throw new UsageError("Give a run, or --items and --item-seconds: a run has its own.");
  }
  return withRuns(options, async ({ client, account, tableName }) => {
    const run = found(await client.get(id), id, tableName);
    const command = new GetFunctionConfigurationCommand({ FunctionName: run.target });
    const memoryMb = options.memory ?? (await account.lambda.send(command)).MemorySize ?? DEFAULT_MEMORY_MB;
    const job = jobOfRun(run, memoryMb, options.runs ?? 1);
    return { run: runCost(run), ...(job && { job }), estimates: job ? estimates(job) : [], prices: PRICES };
  });
}

function ofJob({ items, itemSeconds, memory = DEFAULT_MEMORY_MB, runs = 1 }: CostOptions): CostAnswer {
  if (items === undefined || itemSeconds === undefined) {
    throw new UsageError("Give a run, or --items N and --item-seconds N for an estimate.");
  }
  const job = { items, itemSeconds, memoryMb: memory, runs };
  return { job, estimates: estimates(job), prices: PRICES };
}

function show(answer: CostAnswer, { json }: CostOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    return;
  }
  const { paint, line } = screenOn(process.stdout);
  const { run, job } = answer;
  if (run) for (const text of costText(run, paint)) line(text);
  if (run && job) line("");
  if (job) for (const text of jobText(job, answer.estimates, paint)) line(text);
}
