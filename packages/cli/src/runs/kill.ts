import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { AccountOptions } from "./access-options.ts";
import { withAccountOf } from "./account.ts";
import { confirm } from "./confirm.ts";
import { quoted } from "./run-text.ts";

/** Options of `longhaul kill`. */
interface KillOptions extends AccountOptions {
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

/** Throttles every invocation of a function, by a reserved concurrency of 0. */
export async function kill(functionName: string, options: KillOptions): Promise<ExitCode> {
  const question = `Throttle every invocation of ${quoted(functionName)}? Its runs continue once it is revived and their events are redriven.`;
  if (!(await confirm(question, options.yes))) {
    process.stderr.write("Nothing was done.\n");
    return EXIT.runFailed;
  }
  return withAccountOf(options, async ({ lambda }) => {
    const FunctionName = functionName;
    const before = await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    const had = before.ReservedConcurrentExecutions;
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ functionName, reservedConcurrency: 0, before: had ?? null })}\n`);
      return EXIT.ok;
    }
    const restore = had === undefined || had === 0 ? "" : ` --concurrency ${had}`;
    process.stdout.write(
      `${functionName} is throttled. Its events go to its queue of failures: begin them again with longhaul redrive.\nlonghaul revive ${quoted(functionName)}${restore}\n`,
    );
    return EXIT.ok;
  });
}

/** Options of `longhaul revive`. */
interface ReviveOptions extends AccountOptions {
  readonly concurrency?: number | undefined;
  readonly json?: true | undefined;
}

/** Lets a function be invoked again. */
export async function revive(functionName: string, options: ReviveOptions): Promise<ExitCode> {
  const { concurrency, json } = options;
  return withAccountOf(options, async ({ lambda }) => {
    const FunctionName = functionName;
    await (concurrency === undefined
      ? lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
      : lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: concurrency })));
    const text = concurrency === undefined ? "without a reserved concurrency" : `${concurrency} at a time`;
    const said = { functionName, reservedConcurrency: concurrency ?? null };
    process.stdout.write(json ? `${JSON.stringify(said)}\n` : `${functionName} is invoked again, ${text}.\n`);
    return EXIT.ok;
  });
}
