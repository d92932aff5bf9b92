import { once } from "node:events";
import { createServer } from "node:net";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { answeredWithin } from "./answered-within.ts";

it("a request whose connection never answers is given up, and made again", async () => {
  const connections: { destroy(): void }[] = [];
  const server = createServer((connection) => void connections.push(connection)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    maxAttempts: 2,
    requestHandler: answeredWithin(100),
  });
  try {
    const asked = client.send(new GetItemCommand({ TableName: "tokens", Key: { token: { S: "a" } } }));
    await expect(asked).rejects.toThrow(expect.objectContaining({ name: "TimeoutError" }));
    expect(connections).toHaveLength(2);
  } finally {
    client.destroy();
    for (const connection of connections) connection.destroy();
    server.close();
  }
});
