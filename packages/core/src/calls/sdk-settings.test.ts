import { createServer } from "node:http";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { call } from "./call.ts";
import { sdkSettings } from "./sdk-settings.ts";

it("a client with these settings makes one request a try, however often the service failed before", async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    response.writeHead(500, { "content-type": "application/x-amz-json-1.0" }).end(`{"__type":"InternalServerError"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const client = new DynamoDBClient({
    ...sdkSettings(),
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const get = (abortSignal: AbortSignal) =>
    client.send(new GetItemCommand({ TableName: "runs", Key: { run: { S: "r" } } }), { abortSignal });
  // Pauses take no time; the limit, which is longer than any pause, never passes.
  const timer = (delayMs: number, fire: () => void) => {
    if (delayMs < 5_000) queueMicrotask(fire);
    return () => {};
  };
  await expect(
    call(get, { name: "DynamoDB GetItem", kind: "control", attempts: 200, host: { timer, random: () => 0 } }),
  ).rejects.toMatchObject({ $metadata: { httpStatusCode: 500, attempts: 1 } });
  expect(requests).toBe(200);
  client.destroy();
  server.close();
});
