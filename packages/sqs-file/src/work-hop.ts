import type { InvocationContext, Outcome } from "@longhaul/core";
import type { FileEvent, QueueMessage } from "./file-run.ts";
import type { LoadResult } from "./load-file.ts";
import { hideSeconds } from "./message-verdict.ts";
import { looksAt, type Reception, tryToHide } from "./reception.ts";

/**
 * Works off a hop of a run. When the run is over, the message that told of its file is brought back at once, to be deleted
 * or buried. It may have been received since then; that later receipt has a look of its own coming. A retry of the last
 * hop does it too, should that one have died in between.
 */
export async function workHop(
  reception: Reception,
  event: FileEvent,
  context: InvocationContext,
): Promise<Outcome<LoadResult>> {
  const outcome = await reception.work(event, context);
  if (isRunOver(outcome)) await tryToHide(reception, event.Records[0], 0);
  return outcome;
}

function isRunOver(outcome: Outcome<LoadResult>): boolean {
  const { status } = outcome;
  return status === "done" || status === "stopped" || (status === "duplicate" && outcome.refusal === "over");
}

/** Works off a hop that came through the queue. Its message is over when the next hop, or the end, is confirmed. */
export async function receiveHop(
  reception: Reception,
  message: QueueMessage,
  hop: FileEvent,
  context: InvocationContext,
): Promise<"kept" | "over"> {
  const outcome = await workHop(reception, hop, context);
  if (outcome.status !== "duplicate" || outcome.refusal !== "lease-live") return "over";
  // A twin or a retry, nobody can tell. Should the owner of the lease die, this message is the retry.
  await tryToHide(reception, message, hideSeconds(looksAt(message), reception));
  return "kept";
}
