import { describe, expect, it } from "vitest";
import { type ManualHost, manualHost, runToEnd } from "../test/manual-host.ts";
import { callerDriver, memoryRunStore, recursive } from "./index.ts";

function counter(
  host: ManualHost,
  options: { upTo: number; stepMs: number; store?: ReturnType<typeof memoryRunStore> },
) {
  const seen: number[] = [];
  const handler = recursive<{ upTo: number; other?: string }, number, string>({
    advanced: { host },
    state: { key: "position" },
    driver: callerDriver(),
    ...(options.store && { store: options.store }),
    start: () => 0,
    async *run(position) {
      for (let at = position; at < options.upTo; at++) {
        seen.push(at);
        host.advance(options.stepMs);
        yield at + 1;
      }
      return "all of it";
    },
  });
  return { handler, seen };
}

describe("recursive() carries work across invocations", () => {
  it("processes each item once and passes the rest of the event on", async () => {
    const host = manualHost();
    const { handler, seen } = counter(host, { upTo: 100, stepMs: 1_000 });
    const outcomes = await runToEnd(handler, host, { upTo: 100, other: "kept" }, 20_000);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(outcomes.length).toBeGreaterThan(5);
    expect(outcomes.at(-1)).toMatchObject({ status: "done", message: "all done", result: "all of it" });
    const [first] = outcomes;
    expect(first).toMatchObject({ status: "continued", continuation: { other: "kept", position: expect.any(Number) } });
    expect(first?.message).toMatch(/^to be continued from \[\d+\]$/);
  });

  it("keeps one record per run in a store", async () => {
    const host = manualHost();
    const store = memoryRunStore();
    const { handler, seen } = counter(host, { upTo: 50, stepMs: 1_000, store });
    const outcomes = await runToEnd(handler, host, { upTo: 50 }, 20_000);
    expect(seen).toHaveLength(50);
    const record = await store.get(outcomes[0]!.run);
    expect(record).toMatchObject({
      phase: "done",
      hop: outcomes.length - 1,
      result: '"all of it"',
      stats: { steps: 50 },
    });
  });
});
