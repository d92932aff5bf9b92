/** One line of a bench's result. */
export interface Finding {
  readonly what: string;
  /** The figure and its ratio, for people. */
  readonly figure: string;
  /** The figure that it is measured against; absent for figures that are only shown. */
  readonly bar?: string;
  /** Whether the bar is met; absent without one. */
  readonly isMet?: boolean;
  /** The figures that pages quote, by name, with their units in the names; a name means the same in all findings of a bench. */
  readonly values?: Readonly<Record<string, number>>;
  /** The rounds behind it, in `unit`. */
  readonly rounds?: Readonly<Record<string, readonly number[]>>;
  readonly unit?: string;
}

/** Options of a bench; each has its own defaults. */
export interface BenchOptions {
  /** Measured rounds of each subject. */
  readonly rounds?: number | undefined;
  /** Size of the input, where there is one, in MB. */
  readonly mb?: number | undefined;
  /** Files of the input, where there are several. */
  readonly files?: number | undefined;
}

/** A bench: measures, and answers with what it found. */
export type Bench = (options: BenchOptions) => Promise<Finding[]>;

/** A finding as text, with its raw rounds. */
export function format({ what, figure, bar, isMet, rounds = {}, unit = "ms" }: Finding): string {
  const verdict = isMet === undefined ? "shown " : isMet ? "met   " : "MISSED";
  const lines = [`${verdict}  ${what}: ${figure}${bar === undefined ? "" : `  (bar: ${bar})`}`];
  const width = Math.max(28, ...Object.keys(rounds).map((name) => name.length));
  for (const [name, values] of Object.entries(rounds)) {
    lines.push(`        ${name.padEnd(width)} ${values.map(short).join(" ")} ${unit}`);
  }
  return lines.join("\n");
}

/** Four digits, and no exponent for what people meet. */
function short(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}
