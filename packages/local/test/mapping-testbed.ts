import { createEventSourceMappings, type EventSourceOptions } from "../src/event-sources/event-source-mappings.ts";
import type { InvokeRequest, InvokeResponse } from "../src/lambda/invoke-api.ts";
import { createSqs } from "../src/sqs/sqs.ts";
import { createManualClock } from "./manual-clock.ts";

const place = { region: "us-east-1", accountId: "000000000000" };
const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:work";
type Answer = Partial<InvokeResponse>;
type Records = readonly { readonly messageId: string; readonly body: string; readonly attributes: object }[];

/** Lets everything run that needs no time to pass. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

export function setUpMappings(
  answer: (
    bodies: readonly string[],
    records: Records,
    request: InvokeRequest,
  ) => Answer | Promise<Answer> = () => ({}),
  more: Partial<EventSourceOptions> = {},
) {
  const clock = createManualClock(1_800_000_000_000);
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const sqs = createSqs({ ...place, clock, newId, baseUrl: "http://127.0.0.1" });
  const batches: (readonly string[])[] = [];
  const problems: string[] = [];
  const permissions = new Set<string>();
  const mappings = createEventSourceMappings({
    ...place,
    clock,
    randomUUID: newId,
    sqs,
    lambda: {
      getFunction: () => ({ arn: functionArn, roleArn: "arn:role", timeoutSeconds: 5 }) as never,
      async invoke(request) {
        const { Records } = JSON.parse(request.payload ?? "") as { Records: Records };
        const bodies = Records.map(({ body }) => body);
        batches.push(bodies);
        const given = await answer(bodies, Records, request);
        return {
          statusCode: 200,
          requestId: "r",
          payload: "null",
          functionError: undefined,
          ...given,
        } as InvokeResponse;
      },
    },
    authorize: ({ roleArn }, action) => void permissions.add(`${roleArn} ${action}`),
    onProblem: (error) => problems.push(error instanceof Error ? error.message : String(error)),
    ...more,
  });
  const dead = sqs.createQueue("dead");
  const queue = sqs.createQueue("work", {
    VisibilityTimeout: "30",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 }),
  });
  const send = (...bodies: readonly string[]) => {
    for (const body of bodies) sqs.sendMessage(queue.arn, body);
  };
  const counts = (name = "work") => sqs.queues.get(name).messages.counts(clock.nowMs());
  const map = (settings: Parameters<typeof mappings.create>[1] | object = {}) =>
    mappings.create(queue.arn, { functionName: "work", ...settings });
  return { clock, sqs, mappings, queue, batches, problems, permissions, send, counts, map };
}

export const nothing = { visible: 0, inFlight: 0, delayed: 0 };
