import { randomBytes, randomUUID } from "node:crypto";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildApp } from "fauxqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../src/gateway/clock.ts";
import { createCredentialIssuer, outsideCredentials } from "../src/gateway/credentials.ts";
import { type Gateway, startGateway } from "../src/gateway/gateway.ts";
import { createSqs, type SqsService } from "../src/sqs/sqs.ts";
import { sqsCases } from "./sqs-conformance.ts";

const region = "us-east-1";
const accountId = "000000000000";

describe("the embedded SQS answers the SDK as AWS does", () => {
  let gateway: Gateway;
  let sqs: SqsService;
  let client: SQSClient;

  beforeAll(async () => {
    gateway = await startGateway({
      region,
      accountId,
      credentials: createCredentialIssuer((bytes) => randomBytes(bytes).toString("hex")),
      newRequestId: randomUUID,
    });
    sqs = createSqs({ baseUrl: gateway.url, region, accountId, clock: systemClock, newId: randomUUID });
    gateway.serve("sqs", sqs);
    client = new SQSClient({ endpoint: gateway.url, region, credentials: outsideCredentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await gateway.stop();
  });

  it.concurrent.each(sqsCases)("$name", async ({ run }) => run(client));

  it("names queues by the gateway's URL", () => {
    expect(sqs.createQueue("named").url).toBe(`${gateway.url}/${accountId}/named`);
  });

  it("keeps a message for others when the caller of a long poll has gone", async () => {
    const { arn, url } = sqs.createQueue("abandoned");
    const impatient = new AbortController();
    const polling = client.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }), {
      abortSignal: impatient.signal,
    });
    const failed = polling.catch((error: unknown) => (error instanceof Error ? error.name : "?"));
    await eventually(() => sqs.queues.get("abandoned").receivers.size === 1);
    impatient.abort();
    expect(await failed).toBe("AbortError");
    await eventually(() => sqs.queues.get("abandoned").receivers.size === 0);
    sqs.sendMessage(arn, "for someone else");
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: url }));
    expect(Messages?.[0]?.Body).toBe("for someone else");
  });

  it("records each call with its IAM action and queue", () => {
    const actions = new Set(gateway.calls.list().map(({ action }) => action));
    expect(actions).toContain("sqs:SendMessage");
    expect(actions).toContain("sqs:ReceiveMessage");
    expect(actions).not.toContain("sqs:SendMessageBatch");
  });
});

/** Differences between fauxqs 2.4.1 and AWS. */
const knownDifferences = new Map([
  ["message attributes come back when asked for, by name, prefix or all", "gives all where none is asked for"],
  ["deleting twice is no error; a handle that was never issued is", "takes any handle"],
  ["batches of ten are sent, changed and deleted; each entry fails alone", "takes any handle"],
  ["emoji travel in bodies", "refuses characters beyond U+FFFF"],
  ["the trace header travels as a system attribute", "drops AWSTraceHeader"],
  ["a message received more often than allowed goes to the dead-letter queue", "has no ListDeadLetterSourceQueues"],
  ["a move task brings dead letters back to where they came from", "has no StartMessageMoveTask"],
]);

describe("the same table on fauxqs, an independent implementation", () => {
  const app = buildApp({ logger: false, host: "127.0.0.1" });
  let client: SQSClient;

  beforeAll(async () => {
    const endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
    client = new SQSClient({ endpoint, region, credentials: outsideCredentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await app.close();
  });

  it.concurrent.each(sqsCases.filter(({ name }) => !knownDifferences.has(name)))("$name", async ({ run }) =>
    run(client),
  );

  it.each([...knownDifferences])("still differs: %s (%s)", async (name) => {
    const known = sqsCases.find((entry) => entry.name === name);
    await expect(known?.run(client)).rejects.toThrow();
  });
});

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
