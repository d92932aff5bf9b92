import type { HandOffDriver } from "@longhaul/core";

/** The answer of a run whose event named several objects: each has a run of its own. */
export interface SplitSummary {
  readonly status: "split";
  readonly runs: number;
}

/**
 * Sends each part of an event on as an event of its own. If some cannot be sent, this fails after the others were sent, and
 * a retry sends all again; that is harmless, because a run is named for the version of its object.
 */
export async function sendParts(
  driver: Pick<HandOffDriver, "send">,
  parts: readonly object[],
  target: string,
): Promise<SplitSummary> {
  const sent = await Promise.allSettled(
    parts.map((part) => driver.send({ run: "", hop: 0, event: { ...part }, payload: JSON.stringify(part), target })),
  );
  for (const each of sent) if (each.status === "rejected") throw each.reason;
  return { status: "split", runs: parts.length };
}
