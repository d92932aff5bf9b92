import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { InvocationContext } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { runTableRequest } from "@longhaul/core/store";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

let aws: LocalAws;
let lambda: Server;
let invocations = 0;
let invoke: ((event: never, context: InvocationContext) => Promise<unknown>) | undefined;
beforeAll(async () => {
  aws = await startLocalAws({ region: "eu-west-1" });
  const outside = { region: aws.region, endpoint: aws.url, credentials: outsideCredentials };
  await new DynamoDBClient(outside).send(new CreateTableCommand(runTableRequest("runs")));
  // Takes each event, as Lambda does, and has the function work on it beside the answer.
  lambda = createServer(async (request, response) => {
    const event = JSON.parse(await text(request)) as never;
    response.writeHead(202).end();
    invocations++;
    void invoke?.(event, {
      awsRequestId: `request-${invocations}`,
      invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:charge",
      functionVersion: "$LATEST",
      memoryLimitInMB: "256",
      getRemainingTimeInMillis: () => 60_000,
    });
  });
  await new Promise<void>((resolve) => lambda.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", aws.url);
  vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", aws.region);
  vi.stubEnv("AWS_ACCESS_KEY_ID", outsideCredentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", outsideCredentials.secretAccessKey);
  vi.stubEnv("LONGHAUL_RUN_TABLE", "runs");
  vi.stubEnv("LONGHAUL_RECURSIVE_LOOP", "Allow");
  vi.stubEnv("FUNCTION_NAME", "charge");
  ({ handler: invoke } = await import("./handler.ts"));
});
afterAll(async () => {
  lambda.closeAllConnections();
  lambda.close();
  await aws.stop();
});

describe("a program starts a run and waits for it", () => {
  it("once, however often it asks", async () => {
    const { chargeMonth, runs } = await import("./program.ts");
    expect(await chargeMonth("2026-11", 40)).toBe(40);
    expect(await chargeMonth("2026-11", 40)).toBe(40);
    expect(invocations).toBe(1);
    expect(await runs.get("charge-2026-11")).toMatchObject({ status: "done", progress: { orders: 40 } });
    await expect(chargeMonth("2026-11", 41)).rejects.toMatchObject({ code: "RUN_ID_TAKEN" });
  });
});

describe("a program lets runs continue that a limit ended", () => {
  it("by their status and reason, with a higher limit", async () => {
    const { raiseLimit, runs } = await import("./program.ts");
    const store = dynamodbRunStore();
    const nowMs = Date.now();
    const record = { nowMs, startedAtMs: nowMs, target: "charge", event: JSON.stringify({ month: "m", orders: 3 }) };
    for (const [run, code] of [
      ["expensive", "MAX_COST"],
      ["old", "MAX_DURATION"],
    ] as const) {
      const begin = { ...record, run, hop: 0, owner: "o", leaseUntilMs: nowMs + 1_000, skewMs: 0 };
      await store.begin(begin);
      const stats = { steps: 1, usedMs: 1, costUsd: 25, stalledHops: 0 };
      await store.finish({ ...begin, epoch: 1, phase: "stopped", stats, reason: { code, message: "It is." } });
    }
    expect(await raiseLimit(50)).toEqual(["expensive"]);
    expect(await runs.wait("expensive")).toMatchObject({ status: "done", limits: { maxCostUsd: 50 } });
    expect(await runs.get("old")).toMatchObject({ status: "stopped" });
  });
});
