import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { callerDriver, memoryRunStore, recursive } from "@longhaul/core";

const settings = { timeoutMs: 3_000, stepMs: 700 };

describe(`a run whose caller invokes again, on Node ${process.version}`, () => {
  it("goes through several hops, step by step, to its result", async () => {
    let nowMs = 0;
    const seen: number[] = [];
    const handler = recursive<{ upTo: number }, number, string>({
      driver: callerDriver(),
      store: memoryRunStore(),
      runId: () => "count",
      start: () => 0,
      *run(position, { event }) {
        for (let next = position; next < event.upTo; next++) {
          seen.push(next);
          nowMs += settings.stepMs;
          yield next + 1;
        }
        return "all of it";
      },
    });

    let event: { upTo: number } & Record<string, unknown> = { upTo: 8 };
    for (let hop = 0; ; hop++) {
      const endsAtMs = nowMs + settings.timeoutMs;
      const outcome = await handler(event, {
        awsRequestId: `request-${hop}`,
        invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:count",
        functionVersion: "$LATEST",
        memoryLimitInMB: "128",
        getRemainingTimeInMillis: () => endsAtMs - nowMs,
      });
      assert.equal(outcome.hop, hop);
      if (outcome.status === "done") {
        assert.equal(outcome.result, "all of it");
        assert.ok(hop >= 2, `there were only ${hop + 1} hops`);
        break;
      }
      assert.ok(outcome.status === "continued", outcome.message);
      event = { ...event, ...outcome.continuation };
    }
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
