/** Median of some figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** A thing to time; answers with the figure of one round, or with nothing if its duration is the figure. */
export type Subject = () => Promise<number | undefined> | number | undefined;

/** Runs subjects alternately, so that a slow spell of the machine meets all of them, and answers with each one's rounds. */
export async function alternate<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  options: { readonly rounds?: number | undefined; readonly warmUps?: number } = {},
): Promise<Record<Name, readonly number[]>> {
  const { rounds = 7, warmUps = 2 } = options;
  const names = Object.keys(subjects) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as unknown as Record<Name, number[]>;
  for (let round = -warmUps; round < rounds; round++) {
    for (const name of names) {
      const beganMs = performance.now();
      const figure = (await subjects[name]()) ?? performance.now() - beganMs;
      if (round >= 0) figures[name].push(figure);
    }
  }
  return figures;
}

/** A thing to time whose answer depends on all of its work, so that none of it can be left out; the duration in ms is the figure. */
export function timed(work: () => Promise<number> | number): Subject {
  return async () => {
    const beganMs = performance.now();
    const answer = await work();
    const durationMs = performance.now() - beganMs;
    if (!Number.isFinite(answer)) throw new Error(`The work came to ${answer}.`);
    return durationMs;
  };
}
