import { memoryRunStore, type RunStore } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import type { RunRecord } from "@longhaul/core/store";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedRunTable, plainRunTable, type RunTableServer, tableName } from "./run-table.ts";
import { all, beginning, dueRuns, reason, stats } from "./run-writes.ts";

const does = [
  ...([
    "create",
    "begin",
    "checkpoint",
    "checkpointAndRenew",
    "renew",
    "handOff",
    "sleep",
    "release",
    "done",
    "failed",
  ] as const),
  ...(["stop", "pauseRequest", "unrequest", "resume", "told", "delete", "postpone", "due", "list"] as const),
];
/** How much more often than the rarest; so that runs get somewhere before they end. */
const often: Partial<Record<(typeof does)[number], number>> = {
  begin: 8,
  checkpoint: 4,
  handOff: 5,
  release: 3,
  resume: 3,
};

/** One call of a store, in a form that prints as a counterexample. */
const call = fc.record({
  do: fc.oneof(...does.map((name) => ({ arbitrary: fc.constant(name), weight: often[name] ?? 1 }))),
  by: fc.oneof({ arbitrary: fc.constant("holder"), weight: 6 }, fc.constantFrom("owner-a", "owner-b", "owner-c")),
  run: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.constant(1)),
  hopShift: fc.oneof({ arbitrary: fc.constant(0), weight: 10 }, fc.constantFrom(-1, 1)),
  inMs: fc.oneof({ arbitrary: fc.constantFrom(0, 1, 1_000), weight: 6 }, fc.constantFrom(6_000, 6_001, -2_000)),
});
type Call = typeof call extends fc.Arbitrary<infer Value> ? Value : never;

/** Makes a call; what it depends on (the current hop, the clock) comes from outside, so that two stores get the same. */
async function make(
  store: RunStore,
  call: Call,
  run: string,
  at: { record: RunRecord | undefined; nowMs: number; n: number },
): Promise<unknown> {
  const { nowMs, n } = at;
  const by = call.by === "holder" ? (at.record?.owner ?? "owner-a") : call.by;
  const hop = Math.max(0, (at.record?.hop ?? 0) + call.hopShift);
  const epoch = Math.max(0, (at.record?.epoch ?? 0) - (n % 7 === 0 ? 1 : 0));
  const owner = { run, hop, owner: by, epoch, nowMs };
  const state = n % 3 === 0 ? undefined : `{"value":${n}}`;
  const due = { beforeMs: nowMs - 1_000, nowMs };
  switch (call.do) {
    case "create":
    case "begin": {
      const { hop, owner: by } = owner;
      const request = beginning(run, {
        hop,
        owner: by,
        nowMs,
        leaseUntilMs: nowMs + 5_000,
        startedAtMs: nowMs,
        ...(state !== undefined && { state }),
        ...(n % 2 && { pinned: `${n}`, stats, tenantId: "blue" }),
        tellsEnd: n % 3 !== 0,
      });
      return call.do === "create" ? store.create(request) : store.begin(request);
    }
    case "checkpoint":
      return store.checkpoint({ ...owner, state: `{"value":${n}}`, stats, progress: { n } });
    case "renew":
      return store.renew({ ...owner, leaseUntilMs: nowMs + (n % 2 ? 7_000 : 2_000) });
    case "checkpointAndRenew":
      return store.checkpoint({ ...owner, state: `{"value":${n}}`, stats, leaseUntilMs: nowMs + 3_000 });
    case "handOff":
      return store.handOff({ ...owner, state: `{"value":${n}}`, stats });
    case "sleep":
      return store.handOff({ ...owner, state: `{"value":${n}}`, stats, wakeAtMs: nowMs + (n % 2 ? 1_500 : 7_000) });
    case "release":
      return n % 2 === 0
        ? store.release({ ...owner, state, failures: n % 4, stats, lastError: reason })
        : store.release(owner);
    case "done":
      return store.finish({
        ...owner,
        phase: "done",
        stats,
        result: '"all"',
        dropsState: n % 2 === 0,
        tellsEnd: n % 3 === 1,
      });
    case "failed":
      return store.finish({ ...owner, phase: n % 2 ? "failed" : "paused", stats, reason, state });
    case "stop":
      return store.request(run, "stop", nowMs);
    case "pauseRequest":
      return store.request(run, "pause", nowMs);
    case "unrequest":
      return store.request(run, undefined, nowMs);
    case "resume":
      return n % 2 ? store.resume(run, nowMs) : store.resume(run, nowMs, { maxHops: n + 1 });
    case "told":
      return store.told(run, epoch);
    case "delete":
      return store.delete(run, nowMs);
    case "postpone":
      return store.postpone(run, due);
    case "due":
      return dueRuns(store, due, run.slice(0, -2));
    case "list":
      return all(store.list(), run.slice(0, -2));
  }
}

let runs = 0;
// Real endpoints, on machines that are busy with other tests.
describe.each([
  { name: "an endpoint that returns the old item", start: embeddedRunTable, numRuns: 40 },
  { name: "an endpoint that does not", start: plainRunTable, numRuns: 12 },
])("dynamodbRunStore on $name", ({ start, numRuns }) => {
  let server: RunTableServer;
  let store: RunStore;
  beforeAll(async () => {
    server = await start();
    store = dynamodbRunStore({ tableName, client: server.client });
  });
  afterAll(() => server.stop());

  it("answers and keeps exactly what the store in memory does, whoever calls in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 10, maxLength: 40 }), async (calls) => {
        const memory = memoryRunStore();
        const prefix = `model-${++runs}`;
        let nowMs = 1_800_000_000_000;
        for (const [n, call] of calls.entries()) {
          nowMs += call.inMs;
          const run = `${prefix}-${call.run}`;
          const at = { record: await memory.get(run), nowMs, n };
          const expected = await make(memory, call, run, at);
          expect(await make(store, call, run, at)).toEqual(expected);
          const record = await memory.get(run);
          if (n % 2 === 0 || n === calls.length - 1) expect(await store.get(run)).toEqual(record);
        }
      }),
      { numRuns },
    );
  });
});
