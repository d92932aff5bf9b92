import type { InvocationContext } from "../options.ts";
import type { Outcome } from "../recursion/outcome.ts";
import { type Inbox, looksAt, tryToHide } from "./inbox.ts";
import { hideSeconds } from "./run-verdict.ts";
import type { QueueMessage, UploadEvent } from "./upload-run.ts";

/**
 * Works off a hop of a run. When the run is over, its message becomes visible at once, so that the next receive deletes it or
 * dead-letters it. If it was received meanwhile, that receive does so later. A retry of the last hop repeats this, in case the
 * hop died in between.
 */
export async function workQueuedHop(
  inbox: Inbox,
  event: UploadEvent,
  context: InvocationContext,
): Promise<Outcome<unknown>> {
  const outcome = await inbox.work(event, context);
  if (isRunOver(outcome)) await tryToHide(inbox, event.Records[0], 0);
  return outcome;
}

function isRunOver(outcome: Outcome<unknown>): boolean {
  const { status } = outcome;
  if (status === "duplicate") return outcome.refusal === "over";
  return status !== "continued" && status !== "sleeping";
}

/** Works off a hop that came through the queue. Its message is over when the next hop, or the end, is confirmed. */
export async function receiveHop(
  inbox: Inbox,
  message: QueueMessage,
  hop: UploadEvent,
  context: InvocationContext,
): Promise<"kept" | "over"> {
  const outcome = await workQueuedHop(inbox, hop, context);
  if (outcome.status !== "duplicate" || outcome.refusal !== "lease-live") return "over";
  // A duplicate or a retry: they look the same. If the owner of the lease dies, this message is the retry.
  await tryToHide(inbox, message, hideSeconds(looksAt(message), inbox));
  return "kept";
}
