import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv("AWS_REGION", "eu-central-1");
  // Nothing listens there: what is asked of AWS fails.
  vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "none");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "none");
  vi.stubEnv("AWS_MAX_ATTEMPTS", "1");
  vi.stubEnv("TOKEN_TABLE", "tokens");
  vi.stubEnv("QUEUES", JSON.stringify([{ queueUrl, processor: "sampleWork" }]));
});
afterEach(() => vi.unstubAllEnvs());

describe("the function that restarts loops", () => {
  it("does nothing while the kill switch is on", async () => {
    vi.stubEnv("LONGHAUL_KILL_SWITCH", "on");
    const { restart } = await import("./restart.ts");
    expect(await restart()).toEqual({ status: "killed" });
  });

  it("reads the table otherwise", async () => {
    const { restart } = await import("./restart.ts");
    await expect(restart()).rejects.toThrow("ECONNREFUSED");
  });

  it("does not start with a configuration that cannot work, and says where the fault is", async () => {
    vi.stubEnv("QUEUES", JSON.stringify([{ queueUrl, processor: "sampleWrok" }]));
    await expect(import("./restart.ts")).rejects.toThrow(
      'queues[0].processor must be one of sampleWork, not "sampleWrok".',
    );
  });
});
