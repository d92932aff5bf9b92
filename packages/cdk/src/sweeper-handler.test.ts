import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

/** The next answer of DynamoDB, and the calls it received. */
const answer = { status: 200, body: {} as object };
const asked: { operation: string; body: unknown }[] = [];

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = await request.toArray();
  const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
  asked.push({ operation, body: JSON.parse(Buffer.concat(chunks).toString()) });
  response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer.body));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${port}`);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  vi.stubEnv("LONGHAUL_RUN_TABLE", "runs");
  vi.stubEnv("LONGHAUL_RESUME_AFTER_MS", "60000");
  vi.spyOn(console, "log").mockReturnValue();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const sweep = async () => {
  const { handler } = await import("./sweeper-handler.ts");
  return handler({}, { getRemainingTimeInMillis: () => 60_000 });
};

describe("the sweeper", () => {
  it("looks through the table it is given and reports what it did", async () => {
    Object.assign(answer, { status: 200, body: { Items: [], Count: 0, ScannedCount: 0 } });
    asked.length = 0;
    const nothing = { due: 0, sent: 0, failed: 0, throttled: 0 };
    expect(await sweep()).toEqual(nothing);
    expect(new Set(asked.map(({ operation }) => operation))).toEqual(new Set(["Query"]));
    for (const { body } of asked) expect(body).toMatchObject({ TableName: "runs", IndexName: "live" });
    expect(console.log).toHaveBeenLastCalledWith(JSON.stringify({ message: "swept", tableName: "runs", ...nothing }));
  });

  it("fails when it may not look, so that the function's Errors metric shows it", async () => {
    Object.assign(answer, { status: 400, body: { __type: "AccessDeniedException", message: "no Query for you" } });
    await expect(sweep()).rejects.toThrow("no Query for you");
  });
});
