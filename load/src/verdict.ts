import type { Counts, Remains, Sample } from "./figures.ts";

/** Growth of live memory that is allowed, as a share of what there was, and in MB where that is little. */
const MAX_GROWTH = 0.1;
const MAX_GROWTH_MB = 8;
/** Faults of a kind that are printed. */
const SHOWN = 5;

/** Growth of live memory while the load lasted. */
export interface Growth {
  /** Medians of the second and of the last quarter, in MB: the first one warms up. */
  readonly fromMb: number;
  readonly toMb: number;
}

/** Compares the live memory of the last quarter with that of the second; `undefined` without samples in both. */
export function growthOf(samples: readonly Sample[]): Growth | undefined {
  const lastMs = samples.at(-1)?.elapsedMs ?? 0;
  const within = (from: number, to: number) =>
    samples
      .filter(({ elapsedMs }) => elapsedMs > from * lastMs && elapsedMs <= to * lastMs)
      .map(({ liveMb }) => liveMb);
  const [second, last] = [within(0.25, 0.5), within(0.75, 1)];
  return second.length === 0 || last.length === 0 ? undefined : { fromMb: median(second), toMb: median(last) };
}

/** Judges a run of the lane: each fault in a line; none if nothing was lost, memory is flat and nothing is left. */
export function faultsOf(counts: Counts, samples: readonly Sample[], remains: Remains): string[] {
  const { begun, done, faults, problems } = counts;
  const lost = begun - done - faults.length;
  const growth = growthOf(samples);
  return [
    ...(done === 0 ? ["No item was done."] : []),
    ...(lost === 0 ? [] : [`${lost} of ${begun} items have neither a result nor a fault.`]),
    ...some("items without an exact result", faults),
    ...some("problems of the embedded AWS", problems),
    ...memoryFaults(growth),
    ...some("resources kept the process alive after its stop", remains.handles),
    ...some("function instances outlived the stop", remains.pids.map(String)),
    ...some("files were left in the temporary directory", remains.files),
  ];
}

function memoryFaults(growth: Growth | undefined): string[] {
  if (growth === undefined) return ["There are too few samples of memory: give it more minutes."];
  const { fromMb, toMb } = growth;
  const allowedMb = fromMb + Math.max(MAX_GROWTH_MB, MAX_GROWTH * fromMb);
  if (toMb <= allowedMb) return [];
  return [`Live memory grew from ${fromMb.toFixed(0)} to ${toMb.toFixed(0)} MB; ${allowedMb.toFixed(0)} are allowed.`];
}

function some(what: string, all: readonly string[]): string[] {
  if (all.length === 0) return [];
  const more = all.length > SHOWN ? `, and ${all.length - SHOWN} more` : "";
  return [`${all.length} ${what}: ${all.slice(0, SHOWN).join("; ")}${more}`];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
