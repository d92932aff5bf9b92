import { PRICES } from "./prices.ts";

/** A job that comes again and again. */
export interface Job {
  /** Items of one run. */
  readonly items: number;
  /** Seconds that one item takes. */
  readonly itemSeconds: number;
  /** Memory that the work needs, in MB. */
  readonly memoryMb: number;
  /** Runs a month. */
  readonly runs: number;
}

/** The cost of a job by one way to do it. */
export interface Estimate {
  readonly way: string;
  /** US dollars a month; absent where it is not possible. */
  readonly usd?: number;
  /** Seconds that a run takes. */
  readonly seconds?: number;
  /** The figures that it was counted from, or why it is not possible. */
  readonly because: string;
}

/** Seconds of an invocation: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const INVOCATION_SECONDS = 900;
/** The share of a hop that goes into work, at least: `npm run bench -- granted-time`. */
const HOP_SHARE = 0.97;
/** Where people choose the size of a batch, it fills so much of the limit: an item may be slow. */
const BATCH_SHARE = 0.9;
/** Seconds between two checkpoints of `recursive()`. */
export const CHECKPOINT_SECONDS = 5;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_LAMBDA_MB = 10_240;
const MAX_OPERATIONS = 3_000;
/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_EVENTS = 25_000;
/** A task that calls a function is five events of the history; the choice after it is two. */
const EVENTS_OF_A_BATCH = 7;
/** A child of a Distributed Map gets work for about so long. */
const CHILD_SECONDS = 60;
/** Invocations at once that an account has by default. */
const AT_ONCE = 1_000;
/** Memory at which a function has one vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MB_OF_A_VCPU = 1_769;

/** Sizes of a task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html */
const FARGATE_SIZES: readonly { readonly vcpu: number; readonly minGb: number; readonly maxGb: number }[] = [
  { vcpu: 0.25, minGb: 0.5, maxGb: 2 },
  { vcpu: 0.5, minGb: 1, maxGb: 4 },
  { vcpu: 1, minGb: 2, maxGb: 8 },
  { vcpu: 2, minGb: 4, maxGb: 16 },
  { vcpu: 4, minGb: 8, maxGb: 30 },
  { vcpu: 8, minGb: 16, maxGb: 60 },
  { vcpu: 16, minGb: 32, maxGb: 120 },
];

/** Estimates a job by each way, in a fixed order. */
export function estimates(job: Job): Estimate[] {
  return [
    oneInvocation(job),
    recursion(job),
    durableBatches(job),
    durableItems(job),
    stepFunctions(job),
    distributedMap(job),
    batchOperations(job),
    fargate(job),
  ];
}

/** The cheapest way that is possible. */
export function cheapest(all: readonly Estimate[]): Estimate | undefined {
  return all.filter(({ usd }) => usd !== undefined).sort((a, b) => (a.usd ?? 0) - (b.usd ?? 0))[0];
}

function oneInvocation(job: Job): Estimate {
  const way = "One invocation";
  const no = tooLarge(job, job.items * job.itemSeconds, "The run");
  if (no !== undefined) return { way, because: no };
  return possible(way, job, functionUsd(job, 1), workSeconds(job), "Nothing has to be long: take this.");
}

function recursion(job: Job): Estimate {
  const way = "Longhaul, with a store";
  const usable = INVOCATION_SECONDS * HOP_SHARE;
  const no = tooLarge(job, job.itemSeconds, "One item", usable);
  if (no !== undefined) return { way, because: no };
  const hops = Math.ceil(workSeconds(job) / usable);
  const writes = 2 * hops + Math.floor(workSeconds(job) / CHECKPOINT_SECONDS);
  const usd = functionUsd(job, hops) + writes * PRICES.tableWrite.usd;
  return possible(
    way,
    job,
    usd,
    workSeconds(job),
    `${count(hops, "hop")}, ${count(writes, "write")} to the run table.`,
  );
}

function durableBatches(job: Job): Estimate {
  const way = "Durable functions, a step for each batch";
  const no = tooLarge(job, job.itemSeconds, "One item");
  if (no !== undefined) return { way, because: no };
  const { batches, size } = batchesOf(job, INVOCATION_SECONDS * BATCH_SHARE);
  // A step, and a wait that brings a fresh invocation.
  const operations = 2 * batches;
  if (operations > MAX_OPERATIONS) return { way, because: `${count(operations, "operation")}; 3,000 are allowed.` };
  const usd = functionUsd(job, batches) + operations * PRICES.durableOperation.usd;
  const what = `${count(batches, "batch", "batches")} of ${count(size, "item")}: ${count(operations, "operation")}.`;
  return possible(way, job, usd, workSeconds(job), what);
}

function durableItems(job: Job): Estimate {
  const way = "Durable functions, a step for each item";
  const no = tooLarge(job, job.itemSeconds, "One item");
  if (no !== undefined) return { way, because: no };
  const operations = job.items;
  if (operations > MAX_OPERATIONS) return { way, because: `${count(operations, "operation")}; 3,000 are allowed.` };
  const { batches } = batchesOf(job, INVOCATION_SECONDS * BATCH_SHARE);
  const usd = functionUsd(job, batches) + operations * PRICES.durableOperation.usd;
  return possible(
    way,
    job,
    usd,
    workSeconds(job),
    `${count(operations, "operation")}, if the handler waits before its time is up.`,
  );
}

function stepFunctions(job: Job): Estimate {
  const way = "Step Functions, a loop over batches";
  const no = tooLarge(job, job.itemSeconds, "One item");
  if (no !== undefined) return { way, because: no };
  const { batches, size } = batchesOf(job, INVOCATION_SECONDS * BATCH_SHARE);
  const events = EVENTS_OF_A_BATCH * batches;
  if (events > MAX_EVENTS) return { way, because: `About ${count(events, "event")} of history; 25,000 are allowed.` };
  // The task and the choice after it.
  const transitions = 2 * batches;
  const usd = functionUsd(job, batches) + transitions * PRICES.transition.usd;
  const what = `${count(batches, "batch", "batches")} of ${count(size, "item")}: ${count(transitions, "transition")}.`;
  return possible(way, job, usd, workSeconds(job), what);
}

function distributedMap(job: Job): Estimate {
  const way = "Distributed Map, Standard children";
  const no = tooLarge(job, job.itemSeconds, "One item");
  if (no !== undefined) return { way, because: no };
  const { batches: children, size } = batchesOf(job, CHILD_SECONDS);
  // Starting a child is one transition, its task another; the map itself is one.
  const transitions = 2 * children + 1;
  const usd = functionUsd(job, children) + transitions * PRICES.transition.usd;
  const what = `${count(children, "child", "children")} of ${count(size, "item")}: ${count(transitions, "transition")}.`;
  return possible(way, job, usd, parallelSeconds(job, children, size), what);
}

function batchOperations(job: Job): Estimate {
  const way = "S3 Batch Operations, a call for each object";
  const no = tooLarge(job, job.itemSeconds, "One item");
  if (no !== undefined) return { way, because: no };
  const usd = PRICES.batchJob.usd + job.items * PRICES.batchObject.usd + functionUsd(job, job.items);
  const what = `Only if each item is an S3 object, and there is a list of them: ${count(job.items, "request")}.`;
  return possible(way, job, usd, parallelSeconds(job, job.items, 1), what);
}

function fargate(job: Job): Estimate {
  const way = "Fargate, one task";
  const neededGb = job.memoryMb / 1024;
  // As many processors as the function has, so that an item takes as long.
  const neededVcpu = Math.min(job.memoryMb, MAX_LAMBDA_MB) / MB_OF_A_VCPU;
  const size = FARGATE_SIZES.find(({ vcpu, maxGb }) => vcpu >= neededVcpu && maxGb >= neededGb);
  if (size === undefined) return { way, because: "A task has at most 120 GB of memory." };
  const gb = Math.max(size.minGb, neededGb <= 0.5 ? 0.5 : Math.ceil(neededGb));
  const billedSeconds = Math.max(60, workSeconds(job));
  const usd = (billedSeconds / 3_600) * (size.vcpu * PRICES.fargateVcpuHour.usd + gb * PRICES.fargateGbHour.usd);
  const what = `${size.vcpu} vCPU and ${gb} GB. If it is interrupted, it begins again, unless you write checkpoints.`;
  return possible(way, job, usd, workSeconds(job), what);
}

function possible(way: string, { runs }: Job, usdOfARun: number, seconds: number, because: string): Estimate {
  return { way, usd: usdOfARun * runs, seconds, because };
}

/** Why something is too large for an invocation, if it is. */
function tooLarge({ memoryMb }: Job, seconds: number, what: string, limit = INVOCATION_SECONDS): string | undefined {
  if (memoryMb > MAX_LAMBDA_MB) return "A function has at most 10,240 MB of memory.";
  return seconds > limit ? `${what} does not fit into an invocation of 15 minutes.` : undefined;
}

function workSeconds({ items, itemSeconds }: Job): number {
  return items * itemSeconds;
}

/** The function's own price for a run: its time, and so many requests. */
function functionUsd(job: Job, requests: number): number {
  return (job.memoryMb / 1024) * workSeconds(job) * PRICES.lambdaGbSecond.usd + requests * PRICES.lambdaRequest.usd;
}

function batchesOf({ items, itemSeconds }: Job, seconds: number): { readonly batches: number; readonly size: number } {
  // Half a millionth more, since 0.1 seconds are not quite a tenth.
  const size = Math.min(items, Math.max(1, Math.floor(seconds / itemSeconds + 0.000_000_5)));
  return { batches: Math.ceil(items / size), size };
}

function parallelSeconds({ itemSeconds }: Job, calls: number, itemsOfACall: number): number {
  return Math.ceil(calls / AT_ONCE) * itemsOfACall * itemSeconds;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}

/** Dollars for people: two digits that count, and cents where there are any. */
export function dollars(usd: number): string {
  if (usd === 0) return "$0";
  if (usd < 1) return `$${Number(usd.toPrecision(2)).toLocaleString("en-US", { maximumFractionDigits: 9 })}`;
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: usd < 100 ? 2 : 0, maximumFractionDigits: usd < 100 ? 2 : 0 })}`;
}

/** A duration for people. */
export function duration(seconds: number): string {
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
  ] as const;
  for (const [size, name] of units) {
    if (seconds >= size)
      return `${Number((seconds / size).toPrecision(seconds / size < 10 ? 2 : 3)).toLocaleString("en-US")} ${name}`;
  }
  return `${Number(seconds.toPrecision(2))} s`;
}
