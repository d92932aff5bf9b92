import { FailRunError, type RecursiveOptions, secretSeal } from "@longhaul/core";
import { simulate } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";

type Options = RecursiveOptions<{ inTheEvent: string }, { inTheState: string; next: number }, string>;

/** Everything that is stored of a sealed run of two hops, as one text. */
async function stored(end: () => string): Promise<string> {
  const options: Options = {
    state: { seal: secretSeal(["a secret of enough length"]) },
    start: () => ({ inTheState: "state-secret", next: 0 }),
    async *run({ inTheState, next }) {
      for (; next < 20; next++) yield { inTheState, next: next + 1 };
      return end();
    },
    runId: () => "id-secret",
  };
  const { records, outcome } = await simulate({
    seed: 1,
    faults: "calm",
    timeoutMs: 30_000,
    stepMs: [2_000, 2_500],
    event: { inTheEvent: "event-secret" },
    ends: ["done", "failed"],
    handler: (world) => world.recursive(options),
  });
  expect(["done", "failed"]).toContain(outcome);
  return JSON.stringify([...records]);
}

describe("a seal encrypts the state and nothing else of a record", () => {
  it("not the event, the result and the id", async () => {
    const text = await stored(() => "result-secret");
    expect(text).not.toContain("state-secret");
    for (const open of ["event-secret", "result-secret", "id-secret"]) expect(text).toContain(open);
  });

  it("nor the message of the error that ended the run", async () => {
    const text = await stored(() => {
      throw new FailRunError("error-secret", { code: "NO_ENTRY" });
    });
    expect(text).not.toContain("state-secret");
    expect(text).toContain("error-secret");
  });
});
