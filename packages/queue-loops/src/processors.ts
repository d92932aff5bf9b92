import { setTimeout as delay } from "node:timers/promises";
import type { ProcessMessage } from "./loop/process-batch.ts";

/**
 * What is done with a message. Replace it with your own work, or add functions of other names; the settings say which
 * queue has which. A message may come twice, so doing it twice must be harmless; whatever is thrown sends it back.
 *
 * This one stands in for work, so that a fleet can be watched: it takes the `workMs` milliseconds of the message's JSON,
 * fails if it says `"fails": true`, and says nothing of it in the log if it says `"quiet": true`.
 */
const sampleWork: ProcessMessage = async ({ messageId, body, receiveCount }, { signal }) => {
  const { workMs = 0, fails = false, quiet = false } = sampleOf(body);
  if (workMs > 0) await delay(workMs, undefined, { signal });
  if (fails) throw new Error("The message says that it fails.");
  if (!quiet) console.log(JSON.stringify({ level: "INFO", message: "processed", messageId, receiveCount }));
};

function sampleOf(body: string): { workMs?: number; fails?: boolean; quiet?: boolean } {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The functions of this bundle, by the names that the settings use. */
export const processors: Readonly<Record<string, ProcessMessage>> = { sampleWork };
