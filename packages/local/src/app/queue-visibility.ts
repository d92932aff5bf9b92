import type { LocalAws } from "../local-aws.ts";

/** The parts of an embedded AWS that {@link fitVisibility} needs. */
interface FedFunctions {
  readonly eventSources: Pick<LocalAws["eventSources"], "list">;
  readonly sqs: { readonly queues: Pick<LocalAws["sqs"]["queues"], "find" | "setAttributes"> };
}

/**
 * Fits the queues that feed a function to another timeout than the template's: they hide messages for six times as long.
 * Else a message whose invocation was killed would come back when nobody waits for it any more.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function fitVisibility({ eventSources, sqs }: FedFunctions, functionName: string, timeoutSeconds: number): void {
  const VisibilityTimeout = String(Math.ceil(6 * timeoutSeconds));
  for (const { eventSourceArn } of eventSources.list({ functionName })) {
    const queue = sqs.queues.find(eventSourceArn);
    if (queue) sqs.queues.setAttributes(queue, { VisibilityTimeout });
  }
}
