import { describe, expect, it } from "vitest";
import { invocation, manualHost } from "../../test/manual-host.ts";
import { continueAsNew } from "./continue-as-new.ts";
import { callerDriver, type HandOffDriver, type HandOffMessage } from "./driver.ts";

function recordingDriver(): HandOffDriver & { readonly sent: HandOffMessage[] } {
  const sent: HandOffMessage[] = [];
  return { name: "recording", maxBytes: 500, sent, send: async (message) => void sent.push(message) };
}

describe("continueAsNew hands a state to a fresh invocation", () => {
  it("of the function as it was invoked, with the rest of the event unchanged", async () => {
    const host = manualHost();
    const driver = recordingDriver();
    const event = Object.freeze({ bucket: "in", position: 1 });
    const context = invocation(host, 1_000);
    const outcome = await continueAsNew({ event, context, state: 7, stateKey: "position", driver, host });
    expect(outcome).toEqual({
      status: "continued",
      run: "work/request:request-1",
      hop: 0,
      message: "to be continued from [7]",
    });
    expect(driver.sent).toEqual([
      {
        run: "work/request:request-1",
        hop: 1,
        target: context.invokedFunctionArn,
        event: {
          bucket: "in",
          position: 7,
          longhaul: {
            v: 1,
            run: "work/request:request-1",
            hop: 1,
            startedAt: host.nowMs,
            stats: { steps: 0, usedMs: 0, costUsd: 0, stalledHops: 0 },
          },
        },
        payload: expect.any(String),
      },
    ]);
  });

  it("again and again, under one run id", async () => {
    const host = manualHost();
    let event: object = { bucket: "in" };
    for (let hop = 0; hop < 5; hop++) {
      const context = invocation(host, 1_000, { awsRequestId: `request-${hop}` });
      const outcome = await continueAsNew({ event, context, state: { hop }, driver: callerDriver(), host });
      expect(outcome).toMatchObject({ run: "work/request:request-0", hop });
      event = outcome.continuation!;
    }
    expect(event).toMatchObject({ bucket: "in", longhaul: { hop: 5, state: { hop: 4 } } });
  });

  it("leaving out where an earlier state was spilled to", async () => {
    const driver = recordingDriver();
    const stateRef = { uri: "s3://states/1.json", bytes: 1, sha256: "ab" };
    const longhaul = { v: 1, run: "run-1", hop: 1, startedAt: 0, stateRef };
    await continueAsNew({ event: { longhaul }, context: invocation(manualHost(), 1_000), state: 1, driver });
    expect(driver.sent[0]?.event.longhaul).toMatchObject({ run: "run-1", hop: 2, state: 1 });
    expect(driver.sent[0]?.event.longhaul).not.toHaveProperty("stateRef");
  });

  it("or fails, so that the platform keeps the event", async () => {
    const host = manualHost();
    const driver = { ...recordingDriver(), send: () => Promise.reject(new Error("down")) };
    const handOff = continueAsNew({ event: {}, context: invocation(host, 1_000), state: 1, driver, host });
    await expect(host.until(handOff)).rejects.toMatchObject({ code: "HAND_OFF" });
  });

  it.each([
    ["no state", undefined, "STATE"],
    ["a state that is not JSON", { at: new Map() }, "STATE"],
    ["a state that is too large", "x".repeat(500), "STATE_TOO_LARGE"],
  ])("but not %s", async (_, state, code) => {
    const driver = recordingDriver();
    const context = invocation(manualHost(), 1_000);
    await expect(continueAsNew({ event: {}, context, state, driver })).rejects.toMatchObject({ code });
    expect(driver.sent).toEqual([]);
  });
});
