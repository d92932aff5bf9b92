import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { runTableRequest } from "@longhaul/core/store";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { vi } from "vitest";
import { openEventQueue } from "./event-queue.ts";
import { invocation } from "./invocation.ts";

/** A handler as Lambda calls it, whatever wraps it. */
export type Handler = (event: never, context: never) => unknown;

/** A run table on the embedded AWS, and Lambda's queue of events, which delivers to a handler of the test's own process. */
export interface Delivery {
  readonly dynamodb: DynamoDBClient;
  /** The time that the hop under way has left; the test takes it away to end the hop. */
  readonly time: { leftMs: number };
  /** Delivers one event, as a request of its own unless `requestId` is given; answers with the handler's outcome. */
  deliver(handler: Handler, event: unknown, requestId?: string): Promise<unknown>;
  /** The event that the last hop has sent; `undefined` if the run has ended. */
  take(): unknown;
  /** Delivers an event and those of all further hops, up to five; answers with their outcomes, without those of duplicates. */
  deliverAll(handler: Handler, first: unknown): Promise<unknown[]>;
  stop(): Promise<void>;
}

export async function startDelivery(): Promise<Delivery> {
  const aws: LocalAws = await startLocalAws({ region: "eu-west-1" });
  const queue = await openEventQueue();
  const dynamodb = new DynamoDBClient({ region: aws.region, endpoint: aws.url, credentials: outsideCredentials });
  await dynamodb.send(new CreateTableCommand(runTableRequest("runs")));
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", aws.url);
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", queue.url);
  vi.stubEnv("LONGHAUL_RECURSIVE_LOOP", "Allow");
  const time = { leftMs: 0 };
  const delivery: Delivery = {
    dynamodb,
    time,
    async deliver(handler, event, requestId = crypto.randomUUID()) {
      time.leftMs = 60_000;
      return handler(event as never, { ...invocation(time), awsRequestId: requestId } as never);
    },
    take: () => queue.take(),
    async deliverAll(handler, first) {
      const outcomes: unknown[] = [];
      for (let event = first; event !== undefined && outcomes.length < 5; event = queue.take()) {
        const outcome = await delivery.deliver(handler, event);
        // A slow machine may send an event twice, as Lambda may.
        if ((outcome as { status?: string }).status !== "duplicate") outcomes.push(outcome);
      }
      while (queue.take() !== undefined);
      return outcomes;
    },
    async stop() {
      queue.close();
      await aws.stop();
    },
  };
  return delivery;
}
