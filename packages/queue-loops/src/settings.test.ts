import { describe, expect, it } from "vitest";
import { settingsFrom } from "./settings.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
const needed = { TOKEN_TABLE: "tokens", QUEUES: JSON.stringify([{ queueUrl, processor: "charge" }]) };
const read = (env: Record<string, string>) => settingsFrom({ ...needed, ...env }, ["charge"]);

describe("settings come from the environment, where everything is text", () => {
  it("with defaults", () => {
    expect(read({ LOOP_FUNCTION: "loop" })).toMatchObject({
      tokenTable: "tokens",
      queues: [{ queueUrl, processor: "charge" }],
      loopFunction: "loop",
      waitSeconds: 20,
      heartbeatEveryMs: 10_000,
      staleAfterMs: 60_000,
      idleAfterMs: 900_000,
      reserveMs: "learned",
      isKilled: false,
    });
  });

  it("as numbers", () => {
    expect(
      read({ WAIT_SECONDS: "1", HEARTBEAT_EVERY_MS: "500", STALE_AFTER_MS: "1500", RESERVE_MS: "900" }),
    ).toMatchObject({
      waitSeconds: 1,
      heartbeatEveryMs: 500,
      staleAfterMs: 1_500,
      reserveMs: 900,
    });
  });

  it.each([
    ["TOKEN_TABLE", "", "TOKEN_TABLE must be set"],
    ["WAIT_SECONDS", "21", "from 0 to 20"],
    ["HEARTBEAT_EVERY_MS", "soon", 'not "soon"'],
    ["STALE_AFTER_MS", "29999", "three times HEARTBEAT_EVERY_MS or more"],
    ["QUEUES", "[{}]", "queues[0].queueUrl"],
  ])("%s=%s is refused", (name, value, message) => {
    expect(() => read({ [name]: value })).toThrow(message);
  });
});
