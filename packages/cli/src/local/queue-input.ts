import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { LocalAws } from "@longhaul/local";
import { formatNumber } from "../report/format.ts";
import type { RunHistory } from "../report/run-history.ts";
import { UsageError } from "../usage-error.ts";

/** A queue that takes the input, for runs that never end: the job is done when the queue is empty. */
export interface InputQueue {
  /** Sends each line of a file as a message; answers with their number. */
  put(path: string): Promise<number>;
  /** Settles when no message is left, waiting or in flight. */
  emptied(): Promise<void>;
  /** Adds to a history what became of the messages. */
  conclude(history: RunHistory): void;
}

/** @throws {@link UsageError} if there is no such queue. */
export function inputQueue({ sqs: { queues } }: Pick<LocalAws, "sqs">, url: string): InputQueue {
  const queue = queues.get(url.slice(url.lastIndexOf("/") + 1));
  let messages = 0;
  const deadLetters = () => {
    const target = queue.messages.settings.redrivePolicy?.deadLetterTargetArn;
    return target === undefined ? 0 : (queues.find(target)?.messages.counts(Date.now()).visible ?? 0);
  };
  return {
    async put(path) {
      for await (const body of createInterface({
        input: createReadStream(path),
        crlfDelay: Number.POSITIVE_INFINITY,
      })) {
        if (body === "") continue;
        queues.send(queue, { body, attributes: {}, senderId: "longhaul" });
        messages += 1;
      }
      if (messages === 0) throw new UsageError(`There are no lines in ${path}.`);
      return messages;
    },
    emptied: () => queue.messages.emptied(),
    conclude(history) {
      if (history.status !== "done") return;
      const dead = deadLetters();
      history.samples.push({ atMs: Date.now(), progress: { records: messages - dead } });
      history.check = {
        isOk: dead === 0,
        message:
          dead === 0
            ? `all ${formatNumber(messages)} messages were processed`
            : `${formatNumber(dead)} of ${formatNumber(messages)} messages are with the dead letters`,
      };
    },
  };
}
