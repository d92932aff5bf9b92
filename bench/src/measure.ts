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
  options: { readonly rounds?: number; readonly warmUps?: number } = {},
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

/** One line of a bench's result. */
export interface Finding {
  readonly what: string;
  readonly figure: string;
  readonly bar: string;
  readonly isMet: boolean;
  /** The rounds behind it. */
  readonly rounds?: Readonly<Record<string, readonly number[]>>;
}

/** Prints findings with their raw rounds. */
export function print(findings: readonly Finding[]): void {
  for (const { what, figure, bar, isMet, rounds } of findings) {
    process.stdout.write(`${isMet ? "met   " : "MISSED"}  ${what}: ${figure}  (bar: ${bar})\n`);
    for (const [name, values] of Object.entries(rounds ?? {})) {
      process.stdout.write(`        ${name.padEnd(28)} ${values.map((value) => value.toPrecision(4)).join(" ")}\n`);
    }
  }
}
