import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fleetSettings } from "./fleet-settings.ts";
import { pollingFleet } from "./polling-fleet.ts";
import type { Processors } from "./processor.ts";

// Nothing listens there, either: SQS is asked at the host of the URL.
const queueUrl = "http://127.0.0.1:9/123456789012/orders";

const contextOf = (timeoutMs: number) => {
  const untilMs = Date.now() + timeoutMs;
  return { ...context, getRemainingTimeInMillis: () => untilMs - Date.now() };
};
const context = {
  awsRequestId: "request",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:restart",
  functionVersion: "1",
  memoryLimitInMB: "256",
};

beforeEach(() => {
  vi.stubEnv("AWS_REGION", "eu-central-1");
  // Nothing listens there: what is asked of AWS fails.
  vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
  vi.stubEnv("TOKEN_TABLE", "tokens");
  vi.stubEnv("QUEUES", JSON.stringify([{ queueUrl, processor: "charge" }]));
});
afterEach(() => vi.unstubAllEnvs());

const charge = async (): Promise<void> => {};
const fleet = (processors: Processors = { charge }) => pollingFleet({ processors, ...fleetSettings(process.env) });

describe("the function that restarts loops", () => {
  it("does nothing while the kill switch is on", async () => {
    vi.stubEnv("LONGHAUL_KILL_SWITCH", "on");
    const { restart } = fleet();
    expect(await restart({}, contextOf(60_000))).toEqual({ status: "killed" });
  });

  it("reads the table otherwise", async () => {
    const { restart } = fleet();
    // It says so before Lambda ends it, and has little time here: whatever the last try ended with.
    await expect(restart({}, contextOf(2_200))).rejects.toThrow(/ECONNREFUSED|DynamoDB Scan/);
  });
});

describe("a fleet", () => {
  const setProcessor = (processor?: string) => vi.stubEnv("QUEUES", JSON.stringify([{ queueUrl, processor }]));

  it("is not made for a queue whose processor does not exist, and says where the fault is", () => {
    setProcessor("chrage");
    expect(() => fleet({ charge, mail: charge })).toThrow(
      expect.objectContaining({
        code: "CONFIG",
        message:
          'The environment variable QUEUES[0].processor must be one of the processors (charge, mail), not "chrage". Correct it.',
      }),
    );
    setProcessor("toString");
    expect(() => fleet()).toThrow('QUEUES[0].processor must be one of the processors (charge), not "toString".');
  });

  it("gives a queue that names none the only processor there is", () => {
    setProcessor();
    expect(() => fleet()).not.toThrow();
    expect(() => fleet({ charge, mail: charge })).toThrow(
      "QUEUES[0].processor is not set: it must be one of the processors",
    );
    expect(() => fleet({})).toThrow("there are none");
  });
});
