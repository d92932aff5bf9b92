import { readFile } from "node:fs/promises";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { UsageError } from "../usage-error.ts";
import { withRuns } from "./run-access.ts";
import { showAfter, type WaitingOptions } from "./show.ts";

/** Options of `longhaul start`. */
interface StartOptions extends WaitingOptions {
  readonly event: string;
  readonly id?: string | undefined;
  readonly tenant?: string | undefined;
}

/** Starts a run of a function. */
export async function start(functionName: string, options: StartOptions): Promise<ExitCode> {
  const { id: runId, tenant: tenantId, wait } = options;
  const event = await eventOf(options.event);
  return withRuns({ ...options, target: functionName }, async (access) => {
    const run = await access.client.start(event, { runId, tenantId });
    const { status } = await showAfter(run, access, options);
    return !wait || status === "done" ? EXIT.ok : EXIT.runFailed;
  });
}

/** Reads an event: JSON, or the name of a file behind `@`. */
async function eventOf(text: string): Promise<object> {
  const file = text.startsWith("@") ? text.slice(1) : undefined;
  const json = file === undefined ? text : await readFile(file, "utf8").catch(() => undefined);
  if (json === undefined) throw new UsageError(`The file ${file} cannot be read.`);
  try {
    const event: unknown = JSON.parse(json);
    if (typeof event === "object" && event !== null && !Array.isArray(event)) return event;
  } catch {
    // Said below.
  }
  throw new UsageError("The event must be a JSON object, or @FILE with one.");
}
