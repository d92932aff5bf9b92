import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../usage-error.ts";
import type { App } from "./app.ts";
import { findInput, type Input } from "./input-files.ts";

/** The beginning of a job: an input, an event, or both. */
export interface JobInput {
  readonly input: Input | undefined;
  /** The event given on the command line. */
  readonly event: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Finds what a job begins with: what the command line says, else what the app's configuration does.
 *
 * @throws {@link UsageError} if the app needs something that neither says.
 */
export async function jobInput(
  { config, directory, program }: App,
  given: {
    readonly input?: string | undefined;
    readonly event?: string | undefined;
    readonly maxFileBytes?: number | undefined;
  },
): Promise<JobInput> {
  const { name, inputBucketOutput, inputQueueOutput, sample } = config;
  const event = given.event === undefined ? undefined : await readEvent(given.event);
  const path = given.input ?? (sample === undefined ? undefined : join(directory, sample));
  if (inputBucketOutput === undefined && inputQueueOutput === undefined) {
    if (given.input !== undefined) throw new UsageError(`${name} takes no input.`);
    if (event !== undefined || program.can.startEvent) return { input: undefined, event };
    throw new UsageError(
      `${name} takes no input, and nothing starts it. Give --event, or keep it running: longhaul dev.`,
    );
  }
  if (path === undefined) {
    if (event !== undefined) return { input: undefined, event };
    throw new UsageError("Which file? Give --input FILE.");
  }
  return { input: await findInput(path, config, given.maxFileBytes), event };
}

/** An event: JSON, or the path of a file that holds it. */
async function readEvent(given: string): Promise<Readonly<Record<string, unknown>>> {
  const isText = /^\s*[{[]/.test(given);
  const text = isText
    ? given
    : await readFile(given, "utf8").catch((cause: unknown) => {
        throw new UsageError(`--event takes JSON or the path of a file; there is no file ${given}.`, { cause });
      });
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--event is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (typeof event === "object" && event !== null && !Array.isArray(event)) return event as Record<string, unknown>;
  throw new UsageError(`--event must be a JSON object, not ${text.trim().slice(0, 80)}.`);
}
