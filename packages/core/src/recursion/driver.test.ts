import { describe, expect, it } from "vitest";
import { manualHost } from "../../test/manual-host.ts";
import { ConfigError } from "../errors.ts";
import { callerDriver, type HandOffMessage, sendWithRetry } from "./driver.ts";

const message: HandOffMessage = { run: "run-1", hop: 1, event: {}, payload: "{}", target: "arn" };

/** A send that is never answered. */
const SILENCE = Symbol("silence");

/** Sends through a channel that fails like this, then works; in the host's time. */
async function send(failures: unknown[], remainingMs = 60_000) {
  const host = manualHost();
  const endMs = host.nowMs + remainingMs;
  const sentAtMs: number[] = [];
  const left = [...failures];
  const driver = {
    name: "test",
    maxBytes: 1_000,
    async send() {
      sentAtMs.push(host.nowMs - 1_000_000);
      if (left.length === 0) return;
      const failure = left.shift();
      if (failure === SILENCE) await new Promise(() => {});
      throw failure;
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
    ["a function that is being updated", serviceError("ResourceConflictException", 409)],
    ["a function that is not ready", serviceError("ResourceNotReadyException", 502)],
    ["a snapshot that is being restored", serviceError("SnapStartNotReadyException", 409)],
    ["too many messages in flight", serviceError("OverLimit", 403)],
    ["credentials that ran out", serviceError("ExpiredTokenException", 400)],
  ])("%s", async (_, failure) => {
    const { sentAtMs, error } = await send([failure]);
    expect(error).toBeUndefined();
    expect(sentAtMs).toHaveLength(2);
  });

  it("with pauses that double up to 2 s, less their jitter", async () => {
    const { sentAtMs } = await send(Array.from({ length: 8 }, () => serviceError("ServiceException", 500)));
    const pauses = sentAtMs.slice(1).map((at, i) => at - sentAtMs[i]!);
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });

  it("one that is never answered is given up within a third of the time left", async () => {
    const { sentAtMs, error } = await send([SILENCE, SILENCE], 3_000);
    expect(error).toBeUndefined();
    expect(sentAtMs).toHaveLength(3);
    expect(sentAtMs[1]! - sentAtMs[0]!).toBeLessThanOrEqual(1_100);
  });

  it("and its signal aborts, so that nothing of it is left", async () => {
    const host = manualHost();
    const signals: AbortSignal[] = [];
    const driver = {
      name: "test",
      maxBytes: 1_000,
      async send(_: HandOffMessage, signal?: AbortSignal) {
        if (signal) signals.push(signal);
        if (signals.length === 1) await new Promise(() => {});
      },
    };
    await host.until(sendWithRetry(driver, message, host, () => 60_000));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(host.waiting).toBe(0);
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
  expect(driver).toMatchObject({ maxBytes: 245_760, returnsContinuation: true });
  await driver.send(message);
  expect(callerDriver({ maxBytes: 10 }).maxBytes).toBe(10);
});
