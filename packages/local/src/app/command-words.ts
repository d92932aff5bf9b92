import { AppStackError } from "./app-stack-error.ts";

/** Signs that only a shell can carry out. */
const FOR_A_SHELL = /[$`|&;<>(){}*?~]/;

/**
 * The words of a simple command, quotes taken away. No shell runs it, so what needs one is refused.
 *
 * @param place - where it was found, for the error.
 * @throws {@link AppStackError} if it needs a shell.
 */
export function wordsOf(command: string, place: string): string[] {
  const words: string[] = [];
  for (const [word] of command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)) {
    if (FOR_A_SHELL.test(word.replaceAll(/'[^']*'/g, ""))) {
      throw new AppStackError(
        `${place}: "${command}" needs a shell. Run cdk synth yourself, and deploy what it writes.`,
      );
    }
    words.push(word.replaceAll(/["']/g, ""));
  }
  return words;
}
