import { setTimeout as delay } from "node:timers/promises";
import type { Processors } from "@longhaul/fleet";

/** Body of a sample message. */
interface Sample {
  /** Time its work takes, in milliseconds. */
  readonly workMs?: number;
  readonly fails?: boolean;
  /** Whether it is left out of the log. */
  readonly quiet?: boolean;
}

/**
 * Processors of messages, by name. This is the one file to replace. A message may come twice, so processing it twice must be
 * harmless. If a processor throws, its message comes back. `signal` aborts when the message's time is over.
 */
export const processors: Processors = {
  async messages({ messageId, body, receiveCount }, { signal }) {
    const { workMs = 0, fails = false, quiet = false } = JSON.parse(body) as Sample;
    if (workMs > 0) await delay(workMs, undefined, { signal });
    if (fails) throw new Error("The message says that it fails.");
    if (!quiet) console.log(JSON.stringify({ level: "INFO", message: "processed", messageId, receiveCount }));
  },
};
