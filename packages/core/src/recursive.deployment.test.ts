import { describe, expect, it } from "vitest";
import { invocation, manualHost } from "../test/manual-host.ts";
import { memoryRunStore, type RecursiveOptions, recursive } from "./index.ts";
import type { HandOffMessage } from "./parts.ts";

describe("a deployment in the middle of a run", () => {
  const versioned = (options: Partial<RecursiveOptions<object, unknown, unknown>>, store = memoryRunStore()) => {
    const host = manualHost();
    const entered: unknown[] = [];
    const sent: HandOffMessage[] = [];
    const handler = recursive<object, unknown, unknown>({
      advanced: { host },
      store,
      runId: () => "run-1",
      driver: { name: "test", maxBytes: 1e6, send: async (message) => void sent.push(message) },
      start: () => ({ line: 1 }),
      *run(state) {
        entered.push(state);
        host.advance(9_500);
        yield { line: 2 };
      },
      ...options,
    });
    return { host, store, entered, sent, invoke: (event: object) => handler(event, invocation(host, 10_000)) };
  };

  it("migrates the state", async () => {
    const old = versioned({ state: { version: 1 } });
    await old.invoke({});
    const migrate = (state: unknown, from: number) => ({ at: (state as { line: number }).line * 10, from });
    const deployed = versioned({ state: { version: 2, migrate } }, old.store);
    await deployed.invoke(old.sent[0]!.event);
    expect(deployed.entered).toEqual([{ at: 20, from: 1 }]);
    expect(deployed.sent[0]!.event).toMatchObject({ longhaul: { stateVersion: 2 } });
  });

  it.each<[string, number, object]>([
    ["an older state without migrate", 1, { state: { version: 2 } }],
    ["a newer state, after a roll-back", 3, { state: { version: 2, migrate: () => 1 } }],
    ["a versioned state in code without versions", 3, {}],
  ])("parks the run instead of guessing: %s", async (_, stateVersion, options) => {
    const old = versioned({ state: { version: stateVersion } });
    await old.invoke({});
    const deployed = versioned(options, old.store);
    expect(await deployed.invoke(old.sent[0]!.event)).toMatchObject({
      status: "paused",
      reason: { code: "VERSION_MISMATCH" },
    });
    expect(deployed.entered).toEqual([]);
    expect(await old.store.get("run-1")).toMatchObject({
      phase: "paused",
      reason: { code: "VERSION_MISMATCH" },
      state: `{"version":${stateVersion},"value":{"line":2}}`,
    });
    // Roll forward, resume: nothing was lost.
    const resumed = await old.store.resume("run-1", 1);
    expect(resumed).toMatchObject({ phase: "handed-off", hop: 1 });
    await old.invoke(old.sent[0]!.event);
    expect(old.entered).toEqual([{ line: 1 }, { line: 2 }]);
  });

  it("validates what comes in: what the schema refuses ends the run, whose state is kept", async () => {
    const schema = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: () => ({ issues: [{ message: "must have a position", path: ["position"] }] }),
      },
    };
    const old = versioned({});
    await old.invoke({});
    const deployed = versioned({ state: { schema } }, old.store);
    const reason = { code: "STATE", message: "state.position: must have a position" };
    expect(await deployed.invoke(old.sent[0]!.event)).toMatchObject({ status: "failed", reason });
    expect(await old.store.get("run-1")).toMatchObject({ phase: "failed", reason, state: '{"value":{"line":2}}' });
  });
});
