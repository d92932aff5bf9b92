import { createInterface } from "node:readline/promises";
import { UsageError } from "../usage-error.ts";

/**
 * Asks before something that cannot be taken back.
 *
 * @throws {@link UsageError} where nobody can answer.
 */
export async function confirm(
  question: string,
  isYes: boolean | undefined,
  { input, output }: { readonly input: NodeJS.ReadStream; readonly output: NodeJS.WriteStream } = {
    input: process.stdin,
    output: process.stderr,
  },
): Promise<boolean> {
  if (isYes) return true;
  if (!input.isTTY) throw new UsageError(`${question} Nobody can answer here: give --yes.`);
  const reader = createInterface({ input, output });
  try {
    return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim());
  } finally {
    reader.close();
  }
}
