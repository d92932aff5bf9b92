import type { SqsService } from "@longhaul/local";

/** A message of the DLQ. */
export interface DeadLetter {
  readonly body: string;
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

/** The app's DLQ. */
export interface DeadLetters {
  /** All that came so far. */
  readonly letters: readonly DeadLetter[];
  /** The message, there or to come, for which `isWanted`. */
  deadLetter(isWanted: (letter: DeadLetter) => boolean): Promise<DeadLetter>;
  /** Takes in what has come, and waits for nothing. */
  readLetters(): Promise<void>;
}

const PATIENCE_MS = 240_000;

/** Reads the queue with this URL. */
export function deadLetters(sqs: SqsService, url: string): DeadLetters {
  const queue = sqs.queues.get(url.slice(url.lastIndexOf("/") + 1));
  const letters: DeadLetter[] = [];
  const read = async (waitMs: number) => {
    for (;;) {
      const batch = { maxMessages: 10, waitMs, visibilityTimeoutSeconds: 3_600 };
      const messages = await sqs.queues.receive(queue, batch);
      for (const { body, attributes } of messages) {
        letters.push({ body, code: attributes.reasonCode?.StringValue, reason: attributes.reason?.StringValue });
      }
      if (messages.length === 0 || waitMs > 0) return;
    }
  };
  return {
    letters,
    readLetters: () => read(0),
    async deadLetter(isWanted) {
      const untilMs = Date.now() + PATIENCE_MS;
      for (;;) {
        const known = letters.find(isWanted);
        if (known) return known;
        if (Date.now() > untilMs) throw new Error(`No such dead letter, but ${JSON.stringify(letters)}`);
        await read(500);
      }
    },
  };
}
