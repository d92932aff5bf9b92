import { describe, expect, it } from "vitest";
import { ConfigError } from "../errors.ts";
import { stillHost } from "../still-host.ts";
import { callerDriver, type HandOffMessage, sendWithRetry } from "./driver.ts";

const message: HandOffMessage = { run: "run-1", hop: 1, event: {}, payload: "{}", target: "arn" };

/** Sends through a channel that fails like this, then works; in the host's time. */
async function send(failures: unknown[], remainingMs = 60_000) {
  const host = stillHost();
  const endMs = host.nowMs + remainingMs;
  const sentAtMs: number[] = [];
  const left = [...failures];
  const driver = {
    name: "test",
    maxBytes: 1_000,
    async send() {
      sentAtMs.push(host.nowMs - 1_000_000);
      if (left.length > 0) throw left.shift();
    },
  };
  const sending = sendWithRetry(driver, message, host, () => endMs - host.nowMs);
  const error = await host.until(sending).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  return { sentAtMs, error };
}

function serviceError(name: string, httpStatusCode?: number, more: object = {}) {
  return Object.assign(new Error(name), { name, ...(httpStatusCode && { $metadata: { httpStatusCode } }), ...more });
}

describe("a hand-off is tried again when the failure may pass", () => {
  it.each([
    ["a throttle", serviceError("TooManyRequestsException", 429)],
    ["a throttle by name", serviceError("ThrottlingException", 400)],
    ["a limit", serviceError("RequestLimitExceeded", 400)],
    ["a fault of the service", serviceError("ServiceException", 500)],
    ["no answer", serviceError("TimeoutError")],
    ["a lost connection", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
    ["what the SDK calls retryable", serviceError("Odd", 400, { $retryable: {} })],
    ["what is no error at all", "boom"],
    ["nothing", undefined],
  ])("%s", async (_, failure) => {
    const { sentAtMs, error } = await send([failure]);
    expect(error).toBeUndefined();
    expect(sentAtMs).toHaveLength(2);
  });

  it("with delays that double up to 2 s", async () => {
    const { sentAtMs } = await send(Array.from({ length: 8 }, () => serviceError("ServiceException", 500)));
    const delays = sentAtMs.slice(1).map((at, i) => at - sentAtMs[i]!);
    expect(delays).toEqual([37.5, 75, 150, 300, 600, 1_200, 1_500, 1_500]);
  });
});

describe("a hand-off is not tried again when it cannot work", () => {
  it.each([
    ["no permission", serviceError("AccessDeniedException", 403)],
    ["no such function", serviceError("ResourceNotFoundException", 404)],
    ["a bad request", serviceError("ValidationException", 400)],
    ["a missing client", new ConfigError("install it")],
  ])("%s", async (_, failure) => {
    const { sentAtMs, error } = await send([failure]);
    expect(sentAtMs).toHaveLength(1);
    expect(error).toMatchObject({ code: "HAND_OFF", cause: failure });
  });
});

describe("retries stay within the time left", () => {
  const endless = Array.from({ length: 1_000 }, () => serviceError("TooManyRequestsException", 429));

  it.each([0, 40, 80, 1_000, 10_000])("%d ms", async (remainingMs) => {
    const { sentAtMs, error } = await send(endless, remainingMs);
    expect(sentAtMs[0]).toBe(0); // the first attempt is always made
    expect(sentAtMs.at(-1)).toBeLessThanOrEqual(remainingMs);
    expect(error).toMatchObject({
      code: "HAND_OFF",
      message: expect.stringContaining(`in ${sentAtMs.length} attempt(s)`),
    });
  });
});

it("a caller's driver sends nothing and says so", async () => {
  const driver = callerDriver();
  expect(driver).toMatchObject({ maxBytes: 262_144, returnsContinuation: true });
  await driver.send(message);
  expect(callerDriver({ maxBytes: 10 }).maxBytes).toBe(10);
});
