import type { LocalAws } from "@longhaul/local";

/** The message of Lambda to the on-failure destination: the event of the hop that failed permanently, and how. */
export interface FailureRecord {
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number };
  readonly requestPayload: Readonly<Record<string, unknown>>;
  readonly responsePayload: { readonly errorType: string; readonly errorMessage: string };
}

/** The failures queue of the stack. */
export interface FailureQueue {
  /** The record, past or to come, of an event for which `isWanted`; all that functions have printed is read by then. */
  failure(isWanted: (event: FailureRecord["requestPayload"]) => boolean): Promise<FailureRecord>;
}

const PATIENCE_MS = 240_000;

/** Reads the queue with this URL. */
export function failureQueue({ sqs, lambda }: Pick<LocalAws, "sqs" | "lambda">, url: string): FailureQueue {
  const queue = sqs.queues.get(url.slice(url.lastIndexOf("/") + 1));
  const records: FailureRecord[] = [];
  return {
    async failure(isWanted) {
      const untilMs = Date.now() + PATIENCE_MS;
      for (;;) {
        const known = records.find(({ requestPayload }) => isWanted(requestPayload));
        if (known) {
          await lambda.idle();
          return known;
        }
        if (Date.now() > untilMs) {
          throw new Error(`No such event in the failures queue, but: ${JSON.stringify(records.slice(-3))}`);
        }
        const messages = await sqs.queues.receive(queue, {
          maxMessages: 10,
          waitMs: 1_000,
          visibilityTimeoutSeconds: 3_600,
        });
        records.push(...messages.map(({ body }) => JSON.parse(body) as FailureRecord));
      }
    },
  };
}
