import { InvokeCommand } from "@aws-sdk/client-lambda";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { seededRandom } from "@longhaul/core/testing";
import { type ChaosApp, hopSeconds, ofStack, type Site, type Work } from "../chaos-app.ts";
import { countMessages, drain } from "../messages.ts";

const BURST = 60;

/** Bursts of 60 messages for a fleet of loops, which grows and shrinks with them. */
export const queueLoops: ChaosApp = {
  name: "queue-loops",
  units: "bursts",
  atOnce: 2,
  context: (slowness) => ({
    timeoutSeconds: hopSeconds(slowness),
    visibilitySeconds: 3 * slowness,
    messageTimeoutSeconds: 2 * slowness,
    minLoops: 2,
    maxLoops: 4,
    cooldownSeconds: 1,
    alarmsAt: [40, 90],
    data: "delete",
  }),
  environment: (slowness) => ({
    WAIT_SECONDS: "1",
    HEARTBEAT_MS: String(1_000 * slowness),
    IDLE_AFTER_MS: String(20_000 * slowness),
  }),
  isOurs: ofStack("QueueLoops"),
  async begin({ sqs, lambda, outputs, lines }: Site, seed: number): Promise<Work> {
    const { MessagesQueueUrl = "", MessagesDeadLettersUrl = "" } = outputs;
    const random = seededRandom(seed + 2_000);
    const sent = new Map<number, string[]>();
    const processed = new Set<string>();
    const poison: string[] = [];
    lines.onLine = (line) => {
      if (!line.includes('"processed"')) return;
      const { message, messageId } = JSON.parse(line) as { message?: string; messageId?: string };
      if (message === "processed" && messageId !== undefined) processed.add(messageId);
    };
    const send = async (bodies: readonly object[]): Promise<string[]> => {
      const ids: string[] = [];
      for (let at = 0; at < bodies.length; at += 10) {
        const Entries = bodies
          .slice(at, at + 10)
          .map((body, i) => ({ Id: String(i), MessageBody: JSON.stringify(body) }));
        const { Successful = [] } = await sqs.send(
          new SendMessageBatchCommand({ QueueUrl: MessagesQueueUrl, Entries }),
        );
        ids.push(...Successful.map(({ MessageId = "" }) => MessageId));
      }
      if (ids.length !== bodies.length) throw new Error("SQS did not take all messages.");
      return ids;
    };
    const call = async (output: string): Promise<void> => {
      for (let tries = 1; ; tries++) {
        const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: outputs[output] ?? "" }));
        // An instance may be killed while a caller waits for it.
        if (!FunctionError) return;
        if (tries === 20) throw new Error(`${output} fails each time: ${FunctionError}`);
      }
    };
    // One that fails each time, and one that hangs.
    poison.push(...(await send([{ fails: true }, { workMs: 3_600_000 }])));
    await call("StartFunctionName");
    let begun = 0;

    return {
      async add() {
        const number = begun++;
        sent.set(
          number,
          await send(Array.from({ length: BURST }, () => ({ workMs: Math.round(random.next() * 300) }))),
        );
      },
      async look() {
        const done = [...sent.values()].filter((ids) => ids.every((id) => processed.has(id))).length;
        const isQuiet = done === begun && (await countMessages(sqs, MessagesQueueUrl)) === 0;
        return { begun, done: isQuiet ? done : Math.max(0, done - 1) };
      },
      async check() {
        const missing = [...sent.values()].flat().filter((id) => !processed.has(id));
        const left = await countMessages(sqs, MessagesQueueUrl);
        return [
          ...(missing.length > 0
            ? [`${missing.length} messages were not processed: ${missing.slice(0, 3).join()}`]
            : []),
          ...(left > 0 ? [`${left} messages are left in the queue`] : []),
        ];
      },
      deadLetters: [
        {
          name: "dead letters",
          url: MessagesDeadLettersUrl,
          poisoned: poison.length,
          isPoison: (body) => body.includes("fails") || body.includes("3600000"),
        },
        { name: "failures", url: outputs.FailuresQueueUrl ?? "", poisoned: 0, isPoison: () => false },
      ],
      async end() {
        await call("StopFunctionName");
        await drain(sqs, MessagesQueueUrl);
      },
    };
  },
};
