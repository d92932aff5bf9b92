import { memoryRunStore, type RunStore } from "@longhaul/core";
import type { HandOffMessage } from "@longhaul/core/parts";
import { simulate, simulateMany, standardChecks } from "@longhaul/core/testing";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

const written = new Map<string, number>();
const sent: HandOffMessage[] = [];
let store: RunStore | undefined;

vi.mock("./invoices.ts", () => ({
  writeInvoice: async (key: string, { token }: { token: number }) => {
    if ((written.get(key) ?? 0) <= token) written.set(key, token);
  },
}));
vi.mock("@longhaul/core/dynamodb", () => ({
  dynamodbRunStore: () => {
    const history = { keep: vi.fn(), read: vi.fn(), rewind: vi.fn() };
    return store ?? { ...memoryRunStore(), history };
  },
}));
vi.mock("@longhaul/core/lambda", () => ({
  lambdaDriver: () => ({
    name: "lambda",
    maxBytes: 1_000_000,
    send: async (message: HandOffMessage) => void sent.push(message),
  }),
}));
beforeAll(() => vi.stubEnv("LONGHAUL_RECURSIVE_LOOP", "Allow"));
beforeEach(() => {
  written.clear();
  sent.length = 0;
});

const event = { month: "2026-11", invoices: 40 };
const keys = Array.from({ length: event.invoices }, (_, at) => `2026-11/${at}`);

describe("a run is rewound, and does again what came after", () => {
  it("whatever it does at that moment, and whatever goes wrong", async () => {
    const { handler } = await import("./handler.ts");
    const { outcomes } = await simulateMany({
      seeds: 40,
      handler: () => handler,
      event,
      timeoutMs: 30_000,
      outside: [
        { ask: "rewind", atMs: [0, 200_000] },
        { ask: "rewind", atMs: [100_000, 600_000] },
      ],
      checks: standardChecks,
    });
    expect(outcomes.done).toBe(40);
    expect([...written.keys()].sort()).toEqual([...keys].sort());
  });

  it("from a program, as many hops back as it says, or as are kept", async () => {
    const { handler } = await import("./handler.ts");
    const { records } = await simulate({
      seed: 1,
      faults: "calm",
      handler: () => handler,
      event,
      timeoutMs: 30_000,
      store: (records) => {
        store = memoryRunStore(records);
        return store;
      },
    });
    const [{ run, hop } = { run: "", hop: 0 }] = records.values();
    expect(hop).toBeGreaterThan(3);
    const { repeatLast, runs } = await import("./program.ts");
    expect(await repeatLast(run, 2)).toBe(hop - 1);
    expect(await runs.get(run)).toMatchObject({ status: "running", hop: hop - 1, rewinds: 1 });
    expect(await repeatLast(run, 1_000)).toBe(0);
    expect(sent.map((message) => message.hop)).toEqual([hop - 1, 0]);
    await expect(runs.rewind(run, { hop: 2 })).rejects.toMatchObject({ code: "RUN_HISTORY", hops: [0] });
    expect(await repeatLast("absent", 1)).toBeUndefined();
  });
});
