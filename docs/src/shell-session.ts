import { SampleError } from "./region.ts";

/** Commands and what they printed, as a `.shell` file has them. */
export interface ShellSession {
  /** Patterns of text that differs from run to run, and is not compared. */
  readonly varies: readonly RegExp[];
  readonly steps: readonly ShellStep[];
}

/** One command with its output. */
export interface ShellStep {
  readonly command: string;
  readonly output: string;
}

/**
 * Reads a `.shell` file: lines `# varies: PATTERN`, then commands (`$ ...`), each followed by what it printed.
 *
 * @throws {@link SampleError} if there is no command, or a pattern is no regular expression.
 */
export function parseShellSession(file: string, text: string): ShellSession {
  const varies: RegExp[] = [];
  const steps: { command: string; lines: string[] }[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const pattern = /^# varies: (.+)$/.exec(line)?.[1];
    if (steps.length === 0 && pattern !== undefined) varies.push(patternOf(file, pattern));
    else if (line.startsWith("$ ")) steps.push({ command: line.slice(2), lines: [] });
    else if (steps.length > 0) steps.at(-1)?.lines.push(line);
    else if (line.trim() !== "") throw new SampleError(`${file}: "${line}" comes before the first command.`);
  }
  if (steps.length === 0) throw new SampleError(`${file} has no command: a line that begins with "$ ".`);
  return { varies, steps: steps.map(({ command, lines }) => ({ command, output: lines.join("\n").trim() })) };
}

/** Writes a session as {@link parseShellSession} reads it. */
export function formatShellSession({ varies, steps }: ShellSession): string {
  return [
    ...varies.map(({ source }) => `# varies: ${source}`),
    ...steps.flatMap(({ command, output }) => [`$ ${command}`, ...(output === "" ? [] : [output])]),
    "",
  ].join("\n");
}

/** Whether two outputs are the same but for what varies. */
export function isSameOutput(expected: string, actual: string, varies: readonly RegExp[]): boolean {
  return masked(expected, varies) === masked(actual, varies);
}

function masked(output: string, varies: readonly RegExp[]): string {
  return varies.reduce((text, pattern) => text.replace(new RegExp(pattern, "gm"), "\u2026"), output);
}

function patternOf(file: string, source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (cause) {
    throw new SampleError(`${file}: "${source}" is not a regular expression: ${String(cause)}`);
  }
}
