import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMoveTasks } from "../../src/sqs/move-tasks.ts";
import type { SqsContext } from "../../src/sqs/operations/operation.ts";
import { sqsOperations } from "../../src/sqs/operations/operations.ts";
import { Queues } from "../../src/sqs/queues.ts";
import { SqsError } from "../../src/sqs/sqs-error.ts";
import { createManualClock } from "../manual-clock.ts";
import { compareWithModel, step } from "./model-run.ts";
import { type ModelQueue, modelSettings, type ReceivedMessage, SqsModel } from "./sqs-model.ts";

const startMs = 1_800_000_000_000;
const mostMessages = 10;
type Answer = Readonly<Record<string, unknown>>;
type Sqs = ReturnType<typeof createSqs>;

/** The operations of the embedded SQS without HTTP, on a clock of their own. */
function createSqs() {
  const clock = createManualClock(startMs);
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const queues = new Queues({ region: "eu-west-1", accountId: "000000000000", clock, newId });
  const moveTasks = createMoveTasks(queues, newId);
  const context = (): SqsContext => ({
    queues,
    moveTasks,
    baseUrl: "http://127.0.0.1",
    accountId: "000000000000",
    nowMs: clock.nowMs(),
    senderId: "AKIATEST",
    traceHeader: undefined,
    whenGone: () => new AbortController().signal,
    authorize: () => undefined,
  });
  /** The answer, or the code of the error. */
  async function call(operation: string, input: Answer): Promise<Answer & { readonly code?: string }> {
    const run = sqsOperations[operation]?.run;
    if (!run) throw new Error(`The embedded SQS has no operation ${operation}.`);
    try {
      return await run(context(), input);
    } catch (error) {
      if (error instanceof SqsError) return { code: error.code };
      throw error;
    }
  }
  return { clock, call, sent: { count: 0 } };
}

const urlOf = (queue: ModelQueue) => `http://127.0.0.1/000000000000/${queue}`;
const arnOf = (queue: ModelQueue) => `arn:aws:sqs:eu-west-1:000000000000:${queue}`;

async function setUp() {
  const model = new SqsModel();
  model.nowMs = startMs;
  const real = createSqs();
  for (const name of ["dead", "work"] as const) {
    const { retentionSeconds, visibilitySeconds, maxReceives } = modelSettings[name];
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf("dead"), maxReceiveCount: maxReceives });
    const Attributes = {
      MessageRetentionPeriod: String(retentionSeconds),
      VisibilityTimeout: String(visibilitySeconds),
      ...(name === "work" && { RedrivePolicy }),
    };
    await real.call("CreateQueue", { QueueName: name, Attributes });
  }
  return { model, real };
}

async function compareCounts(model: SqsModel, real: Sqs): Promise<void> {
  for (const queue of ["work", "dead"] as const) {
    const { Attributes } = await real.call("GetQueueAttributes", { QueueUrl: urlOf(queue), AttributeNames: ["All"] });
    const told = Attributes as Record<string, string>;
    expect({
      queue,
      visible: Number(told.ApproximateNumberOfMessages),
      inFlight: Number(told.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(told.ApproximateNumberOfMessagesDelayed),
    }).toEqual({ queue, ...model.counts(queue) });
  }
}

/** A step after which the counts of both queues agree too. */
function sqsStep(name: string, run: (model: SqsModel, real: Sqs) => Promise<void>) {
  return step<SqsModel, Sqs>(name, async (model, real) => {
    await run(model, real);
    await compareCounts(model, real);
  });
}

function receiptAt(model: SqsModel, pick: number) {
  return model.receipts[model.receipts.length - 1 - (pick % Math.max(1, model.receipts.length))];
}

const queue = fc.constantFrom<ModelQueue>("work", "work", "dead");
const seconds = fc.constantFrom(0, 0, 1, 2, 5, 30);
const pick = fc.nat({ max: 20 });
const option = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** Mostly the queue that a receipt is of. */
const isElsewhere = fc.constantFrom(false, false, false, true);
const elsewhere = { work: "dead", dead: "work" } as const;

const sendSteps = [
  fc.tuple(queue, option(seconds), fc.integer({ min: 1, max: 3 })).map(([queue, delay, count]) =>
    sqsStep(`send ${count} to ${queue}, delay ${delay}`, async (model, real) => {
      const entries = Array.from({ length: Math.min(count, mostMessages - model.size) }, () => {
        real.sent.count += 1;
        return { Id: `e${real.sent.count}`, MessageBody: `m${real.sent.count}`, DelaySeconds: delay };
      });
      if (entries.length === 0) return;
      const { Successful } = await real.call("SendMessageBatch", { QueueUrl: urlOf(queue), Entries: entries });
      for (const [at, { MessageId }] of (Successful as { MessageId: string }[]).entries()) {
        model.send(queue, MessageId, entries[at]?.MessageBody ?? "", delay);
      }
    }),
  ),
];

const receiveSteps = [
  fc.tuple(queue, fc.integer({ min: 1, max: 10 }), option(seconds)).map(([queue, drawn, visibility]) =>
    sqsStep(`receive ${drawn} of ${queue}, hide for ${visibility}`, async (model, real) => {
      const most = model.hasDeadLetters(queue) ? mostMessages : drawn;
      const { Messages = [] } = await real.call("ReceiveMessage", {
        QueueUrl: urlOf(queue),
        MaxNumberOfMessages: most,
        VisibilityTimeout: visibility,
        MessageSystemAttributeNames: ["All"],
      });
      const hideSeconds = visibility ?? modelSettings[queue].visibilitySeconds;
      expect(model.receive(queue, most, hideSeconds, Messages as ReceivedMessage[])).toEqual([]);
    }),
  ),
];

const receiptSteps = [
  fc.tuple(pick, isElsewhere).map(([pick, isElsewhere]) =>
    sqsStep(`delete by receipt ${pick}${isElsewhere ? " elsewhere" : ""}`, async (model, real) => {
      const receipt = receiptAt(model, pick);
      if (!receipt) return;
      const at = isElsewhere ? elsewhere[receipt.queue] : receipt.queue;
      const { code } = await real.call("DeleteMessage", { QueueUrl: urlOf(at), ReceiptHandle: receipt.handle });
      expect(code).toBe(model.delete(at, receipt));
    }),
  ),
  fc.tuple(pick, fc.constantFrom(0, 1, 5, 43_199, 43_200), isElsewhere).map(([pick, seconds, isElsewhere]) =>
    sqsStep(`hide for ${seconds} by receipt ${pick}${isElsewhere ? " elsewhere" : ""}`, async (model, real) => {
      const receipt = receiptAt(model, pick);
      if (!receipt) return;
      const at = isElsewhere ? elsewhere[receipt.queue] : receipt.queue;
      const { code } = await real.call("ChangeMessageVisibility", {
        QueueUrl: urlOf(at),
        ReceiptHandle: receipt.handle,
        VisibilityTimeout: seconds,
      });
      expect(code).toBe(model.changeVisibility(at, receipt, seconds));
    }),
  ),
  fc.array(pick, { minLength: 1, maxLength: 4 }).map((picks) =>
    sqsStep(`delete by receipts ${picks.join()} in one batch`, async (model, real) => {
      const receipts = picks.flatMap((pick) => receiptAt(model, pick) ?? []);
      if (receipts.length === 0) return;
      const Entries = receipts.map(({ handle }, at) => ({ Id: `${at}`, ReceiptHandle: handle }));
      const answer = await real.call("DeleteMessageBatch", { QueueUrl: urlOf("work"), Entries });
      const failed = (answer.Failed ?? []) as { readonly Id: string; readonly Code: string }[];
      const codes = receipts.map((_, at) => failed.find(({ Id }) => Id === `${at}`)?.Code);
      expect(codes).toEqual(receipts.map((receipt) => model.delete("work", receipt)));
    }),
  ),
];

const queueSteps = [
  queue.map((queue) =>
    sqsStep(`purge ${queue}`, async (model, real) => {
      const { code } = await real.call("PurgeQueue", { QueueUrl: urlOf(queue) });
      expect(code).toBe(model.purge(queue));
    }),
  ),
  fc.constantFrom<(ModelQueue | undefined)[]>(undefined, "work", "dead").map((destination) =>
    sqsStep(`redrive to ${destination ?? "where they came from"}`, async (model, real) => {
      if (destination === undefined && model.hasStrangers("dead")) return;
      await real.call("StartMessageMoveTask", {
        SourceArn: arnOf("dead"),
        ...(destination && { DestinationArn: arnOf(destination) }),
      });
      model.redrive(destination ?? "work");
    }),
  ),
  fc.constantFrom(0, 2).map((seconds) =>
    sqsStep(`set the delay of work to ${seconds}`, async (model, real) => {
      await real.call("SetQueueAttributes", { QueueUrl: urlOf("work"), Attributes: { DelaySeconds: `${seconds}` } });
      model.delaySeconds = seconds;
    }),
  ),
];

const timeSteps = [
  fc.constantFrom(1, 999, 1000, 3000, 5000, 30_000).map((ms) =>
    sqsStep(`${ms} ms pass`, async (model, real) => {
      real.clock.advance(ms);
      model.nowMs += ms;
    }),
  ),
];

/** Receives are drawn more often than the rest, for a message has to be received three times to become a dead letter. */
const steps = [
  ...[...sendSteps, ...sendSteps, ...receiveSteps, ...receiveSteps, ...receiveSteps, ...receiveSteps],
  ...[...receiptSteps, ...queueSteps, ...timeSteps, ...timeSteps],
];

describe("the embedded SQS and a model of it, whatever clients do", () => {
  it("hide, deliver, delay, forget and redrive the same messages", async () => {
    await compareWithModel(steps, setUp, 500);
  });
});
