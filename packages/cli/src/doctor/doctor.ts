import { EXIT, type ExitCode } from "../exit-code.ts";
import type { AccountOptions } from "../runs/access-options.ts";
import { withAccountOf } from "../runs/account.ts";
import { paintFor, wantsColor } from "../terminal.ts";
import { type Finding, findingsOf } from "./findings.ts";
import { functionFacts } from "./function-facts.ts";

/** Options of `longhaul doctor`. */
interface DoctorOptions extends AccountOptions {
  readonly json?: true | undefined;
}

const SIGNS = { ok: "✓", warning: "!", error: "✗" } as const;

/** Looks at the settings of functions, and says what endangers their runs. */
export async function doctor(functionNames: readonly string[], options: DoctorOptions): Promise<ExitCode> {
  return withAccountOf(options, async (account) => {
    const looked = [];
    for (const functionName of functionNames) {
      const facts = await functionFacts(account, functionName);
      looked.push({ functionName: facts.functionName, findings: findingsOf(facts) });
    }
    process.stdout.write(options.json ? `${JSON.stringify(looked)}\n` : looked.map(textOf).join("\n"));
    const hasError = looked.some(({ findings }) => findings.some(({ level }) => level === "error"));
    return hasError ? EXIT.runFailed : EXIT.ok;
  });
}

function textOf({ functionName, findings }: { functionName: string; findings: readonly Finding[] }): string {
  const paint = paintFor(wantsColor(process.stdout, process.env));
  const colour = { ok: paint.green, warning: paint.yellow, error: paint.red };
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ level, check, message, mend }) => [
    `${colour[level](SIGNS[level])} ${check.padEnd(width)}  ${message}`,
    ...(mend === undefined ? [] : [`${" ".repeat(width + 4)}${paint.dim(`-> ${mend}`)}`]),
  ]);
  return `${paint.bold(functionName)}\n${lines.join("\n")}\n`;
}
