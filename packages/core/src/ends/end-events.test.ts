import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { InvocationContext, RunEnd } from "../options.ts";
import { type EndEventsOptions, endEvents } from "./end-events.ts";

/** Entries that came to the bus, and its answer to each. */
const sent: Readonly<Record<string, string>>[] = [];
let answer: object = { EventId: "1" };
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  sent.push(JSON.parse(body).Entries[0]);
  response.setHeader("content-type", "application/x-amz-json-1.1");
  response.end(JSON.stringify({ FailedEntryCount: 0, Entries: [answer] }));
});
let client: EventBridgeClient;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = new EventBridgeClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
});
afterAll(() => {
  client.destroy();
  server.close();
});
beforeEach(() => {
  sent.length = 0;
  answer = { EventId: "1" };
});
afterEach(() => void vi.unstubAllEnvs());

type End = RunEnd<{ readonly token: string }, unknown>;
const context = {
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:worker:live",
  getRemainingTimeInMillis: () => 60_000,
} as InvocationContext;
const done: End = { run: "r-1", status: "done", event: { token: "secret" }, result: { rows: 3 } };
const tell = (end: End, options: EndEventsOptions<End["event"], unknown> = {}) =>
  endEvents<End["event"], unknown>({ client, ...options })(end, undefined, context);
const detail = () => JSON.parse(sent[0]?.Detail ?? "{}") as Record<string, unknown>;

describe("the event of a run's end", () => {
  it("has the run, its function, how it ended and its result, and not the run's parameters", async () => {
    await tell(done);
    expect(sent).toMatchObject([{ EventBusName: "default", Source: "longhaul", DetailType: "Run Ended" }]);
    expect(detail()).toEqual({ run: "r-1", status: "done", functionName: "worker", result: { rows: 3 } });
  });

  it("has the reason where the work did not end by itself", async () => {
    await tell({ run: "r-1", status: "failed", event: { token: "" }, reason: { code: "NO_ORDER", message: "None." } });
    expect(detail()).toMatchObject({ status: "failed", reason: { code: "NO_ORDER", message: "None." } });
  });

  it("has the fields that are added to it", async () => {
    await tell(done, { detail: ({ event }) => ({ length: event.token.length }) });
    expect(detail()).toMatchObject({ run: "r-1", length: 6 });
  });

  it.each([
    [128 * 1024 - 2, true],
    [128 * 1024 - 1, false],
  ])("has room for a result of 128 KiB: text of %i characters, %s", async (characters, hasRoom) => {
    await tell({ ...done, result: "x".repeat(characters) });
    expect("result" in detail()).toBe(hasRoom);
  });

  it("goes to the bus of the option, else to that of the environment", async () => {
    vi.stubEnv("LONGHAUL_EVENT_BUS", "runs");
    await tell(done);
    await tell(done, { busName: "other" });
    expect(sent.map(({ EventBusName }) => EventBusName)).toEqual(["runs", "other"]);
  });
});

describe("a bus that does not take the event", () => {
  it("is an error with its answer, so that a sweep has it sent again", async () => {
    answer = { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
    await expect(tell(done)).rejects.toMatchObject({
      code: "END_EVENT",
      message: expect.stringContaining("NotAuthorizedForSourceException: Not authorized for the source."),
    });
  });
});
