import type { LocalAws } from "../local-aws.ts";

/** Messages that a function received and did not finish, and that their queue hides for a while. */
export interface HiddenMessages {
  /** Name of the queue. */
  readonly queue: string;
  readonly count: number;
  /** The queue's visibility timeout, in milliseconds. */
  readonly hiddenForMs: number;
}

/** The queues that feed functions. */
interface FedFunctions {
  readonly eventSources: Pick<LocalAws["eventSources"], "list">;
  readonly sqs: { readonly queues: Pick<LocalAws["sqs"]["queues"], "find"> };
}

/** Finds the first queue that feeds a function and hides messages from it; `undefined` if none does. */
export function hiddenMessages(
  { eventSources, sqs }: FedFunctions,
  functionName: string,
  nowMs: number,
): HiddenMessages | undefined {
  for (const { eventSourceArn } of eventSources.list({ functionName })) {
    const queue = sqs.queues.find(eventSourceArn);
    const count = queue?.messages.counts(nowMs).inFlight ?? 0;
    if (!queue || count === 0) continue;
    return { queue: queue.name, count, hiddenForMs: queue.messages.settings.visibilityTimeoutSeconds * 1000 };
  }
  return undefined;
}
