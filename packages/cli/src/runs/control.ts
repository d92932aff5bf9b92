import type { RunDetails, RunResumeOptions } from "@longhaul/core/client";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { confirm } from "./confirm.ts";
import { found, type RunAccess, withRuns } from "./run-access.ts";
import { quoted } from "./run-text.ts";
import { type ShowOptions, showAfter, type WaitingOptions } from "./show.ts";

/** Asks a run to do something, and shows it. */
async function ask(
  id: string,
  options: WaitingOptions,
  act: (client: RunAccess["client"]) => Promise<RunDetails<object> | undefined>,
): Promise<ExitCode> {
  return withRuns(options, async (access) => {
    await showAfter(found(await act(access.client), id, access.tableName), access, options);
    return EXIT.ok;
  });
}

/** Asks before a run is stopped, rewound or deleted; `false` if the answer is no. */
async function isMeant(question: string, isYes: true | undefined): Promise<boolean> {
  if (await confirm(question, isYes)) return true;
  process.stderr.write("Nothing was done.\n");
  return false;
}

/** Asks a run to pause. */
export function pause(id: string, options: WaitingOptions): Promise<ExitCode> {
  return ask(id, options, (client) => client.pause(id));
}

/** Asks a run to stop. */
export async function stop(id: string, options: WaitingOptions & { readonly yes?: true }): Promise<ExitCode> {
  if (!(await isMeant(`Stop run ${quoted(id)}?`, options.yes))) return EXIT.runFailed;
  return ask(id, options, (client) => client.stop(id));
}

/** Options of verbs that let a run continue. */
interface ResumeOptions extends WaitingOptions {
  readonly maxHops?: number | undefined;
  readonly maxHours?: number | undefined;
  readonly maxCost?: number | undefined;
}

/** Lets a run continue. */
export function resume(id: string, options: ResumeOptions): Promise<ExitCode> {
  return ask(id, options, (client) => client.resume(id, limitsOf(options)));
}

/** Begins a run again at an earlier hop. */
export async function rewind(
  id: string,
  options: ResumeOptions & { readonly hop: number; readonly yes?: true },
): Promise<ExitCode> {
  const { hop, yes } = options;
  if (!(await isMeant(`Begin run ${quoted(id)} again at hop ${hop}?`, yes))) return EXIT.runFailed;
  return ask(id, options, (client) => client.rewind(id, { hop, ...limitsOf(options) }));
}

/** The new limits of a run, if there are any. */
function limitsOf({ maxHops, maxHours, maxCost }: ResumeOptions): RunResumeOptions {
  const limits = {
    ...(maxHops !== undefined && { maxHops }),
    ...(maxHours !== undefined && { maxDurationMs: maxHours * 3_600_000 }),
    ...(maxCost !== undefined && { maxCostUsd: maxCost }),
  };
  return Object.keys(limits).length > 0 ? { limits } : {};
}

/** Deletes a run at rest. */
export async function remove(id: string, options: ShowOptions & { readonly yes?: true }): Promise<ExitCode> {
  if (!(await isMeant(`Delete event, state and result of run ${quoted(id)}?`, options.yes))) return EXIT.runFailed;
  return withRuns(options, async ({ client, tableName }) => {
    found(await client.get(id), id, tableName);
    await client.delete(id);
    process.stdout.write(options.json ? `${JSON.stringify({ id, isDeleted: true })}\n` : `${id} is deleted\n`);
    return EXIT.ok;
  });
}
