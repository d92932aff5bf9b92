import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { RunStore } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { embeddedRunTable, plainRunTable, type RunTableServer, tableName } from "./run-table.ts";
import { all, beginning, noStats, reason, stats } from "./run-writes.ts";

// Real endpoints, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000 });
let runs = 0;

/** The same promises on an endpoint that returns the old item with a refusal, and on one that does not. */
describe.each([
  { name: "an endpoint that returns the old item", start: embeddedRunTable },
  { name: "an endpoint that does not", start: plainRunTable },
])("dynamodbRunStore on $name", ({ start }) => {
  let server: RunTableServer;
  let store: RunStore;
  beforeAll(async () => {
    server = await start();
    store = dynamodbRunStore({ tableName, client: server.client });
  });
  afterAll(() => server.stop());

  it("lets one of 20 win that begin at once", async () => {
    const run = `race-${++runs}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.begin(beginning(run, { owner: `owner-${i}` }))),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    for (const answer of answers) if (!answer.ok) expect(answer.refusal).toBe("lease-live");
    expect(await store.get(run)).toMatchObject({ attempts: 1, phase: "running" });
  });

  it("lets one of 20 win that take over at once", async () => {
    const run = `takeover-${++runs}`;
    await store.begin(beginning(run));
    const late = beginning(run).leaseUntilMs + 1_001;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.begin(beginning(run, { owner: `owner-${i}`, nowMs: late, leaseUntilMs: late + 10_000 })),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await store.get(run)).toMatchObject({ attempts: 2 });
  });

  it("resumes a run once, though 5 ask", async () => {
    const run = `resume-${++runs}`;
    await store.begin(beginning(run));
    await store.finish({ run, hop: 0, owner: "owner-a", nowMs: 1, phase: "stopped", stats, reason });
    const resumed = await Promise.all(Array.from({ length: 5 }, (_, i) => store.resume(run, 100 + i)));
    expect(resumed.filter(Boolean)).toHaveLength(1);
    expect(await store.get(run)).toMatchObject({ phase: "handed-off", attempts: 1 });
  });

  describe("a write whose answer was lost is recognised when it is made again", () => {
    const write = { hop: 0, owner: "owner-a", nowMs: 1_800_000_000_001 };
    it.each<{ line: string; repeat: (run: string) => Promise<{ ok: boolean }> }>([
      { line: "begin", repeat: (run) => store.begin(beginning(run)) },
      { line: "checkpoint", repeat: (run) => store.checkpoint({ ...write, run, state: "{}", stats }) },
      { line: "handOff", repeat: (run) => store.handOff({ ...write, run, phase: "handed-off", state: "{}", stats }) },
      { line: "finish", repeat: (run) => store.finish({ ...write, run, phase: "done", stats, result: "1" }) },
    ])("$line", async ({ line, repeat }) => {
      const run = `lost-${++runs}`;
      if (line !== "begin") await store.begin(beginning(run));
      loseNextAnswer(server);
      const answer = await repeat(run);
      expect(answer).toMatchObject({ ok: true });
      const record = await store.get(run);
      expect(record).toMatchObject({ attempts: expect.any(Number), heartbeatAtMs: expect.any(Number) });
      expect(await repeat(run)).toEqual(answer);
      expect(await store.get(run)).toEqual(record);
    });

    it("begin does not undo what its owner did since", async () => {
      const run = `late-${++runs}`;
      await store.begin(beginning(run));
      await store.checkpoint({ ...write, run, state: '{"value":1}', stats });
      const before = await store.get(run);
      expect(await store.begin(beginning(run))).toEqual({ ok: true, record: before });
      expect(await store.get(run)).toEqual(before);
    });
  });

  it("pages through more than a megabyte of runs", async () => {
    const prefix = `large-${++runs}`;
    const event = JSON.stringify({ text: "x".repeat(100_000) });
    await Promise.all(Array.from({ length: 24 }, (_, i) => store.begin(beginning(`${prefix}-${i}`, { event }))));
    const query = { heartbeatBeforeMs: Number.MAX_SAFE_INTEGER, leaseOverMs: Number.MAX_SAFE_INTEGER };
    expect(await all(store.stale(query), prefix)).toHaveLength(24);
    expect(await all(store.list(), prefix)).toHaveLength(24);
  });
});

/** The server takes the next request, but its answer does not arrive; the SDK then tries again. */
function loseNextAnswer({ client }: RunTableServer): void {
  let isLost = false;
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (isLost) return answer;
      isLost = true;
      throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", $retryable: {} });
    },
    { step: "finalizeRequest", priority: "low", name: "loseNextAnswer", override: true },
  );
}

/** The server's client, which notes what it is asked. */
function embeddedClientOf({ client }: RunTableServer, commands: string[]): RunTableServer["client"] {
  const noting = Object.create(client) as RunTableServer["client"];
  noting.send = ((command: object, ...rest: []) => {
    commands.push(command.constructor.name);
    return client.send(command as never, ...rest);
  }) as typeof client.send;
  return noting;
}

describe("dynamodbRunStore", () => {
  let server: RunTableServer;
  let store: RunStore;
  beforeAll(async () => {
    server = await embeddedRunTable();
    store = dynamodbRunStore({ tableName, client: server.client, ttlDays: 20 });
  });
  afterAll(() => server.stop());

  it.each(["", undefined])("refuses the table name %j", (name) => {
    expect(() => dynamodbRunStore({ tableName: name as string })).toThrow("tableName");
  });

  it("takes a ttlDays of 15", () => {
    expect(dynamodbRunStore({ tableName, ttlDays: 15, client: server.client })).toBeDefined();
  });

  it.each([14, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses ttlDays %d, which events could outlive",
    (ttlDays) => {
      expect(() => dynamodbRunStore({ tableName, ttlDays })).toThrow("ttlDays must be 15 or more");
    },
  );

  it("renews the record's time to live with each write of a hop", async () => {
    const run = `ttl-${++runs}`;
    const ttl = async () => {
      const { Item } = await server.client.send(new GetItemCommand({ TableName: tableName, Key: { run: { S: run } } }));
      return Number(Item?.ttl?.N);
    };
    const twentyDays = 20 * 86_400;
    const write = { run, hop: 0, owner: "owner-a" };
    await store.begin(beginning(run));
    expect(await ttl()).toBe(1_800_000_000 + twentyDays);
    await store.checkpoint({ ...write, nowMs: 1_800_000_100_000, state: "{}", stats });
    expect(await ttl()).toBe(1_800_000_100 + twentyDays);
    await store.finish({ ...write, nowMs: 1_800_000_200_001, phase: "stopped", stats });
    expect(await ttl()).toBe(1_800_000_201 + twentyDays);
    await store.resume(run, 1_800_000_300_000);
    expect(await ttl()).toBe(1_800_000_300 + twentyDays);
  });

  it("asks no more than a sweeper may: Scan and UpdateItem, even of a run that is gone", async () => {
    const commands: string[] = [];
    const client = embeddedClientOf(server, commands);
    const swept = dynamodbRunStore({ tableName, client });
    const run = `swept-${++runs}`;
    await store.begin(beginning(run));
    const query = { heartbeatBeforeMs: Number.MAX_SAFE_INTEGER, leaseOverMs: Number.MAX_SAFE_INTEGER };
    const [record] = await all(swept.stale(query), run);
    expect(await swept.touch(record!, 1)).toBe(true);
    expect(await swept.touch(record!, 2)).toBe(false);
    expect(await swept.touch({ ...record!, run: `${run}-gone` }, 3)).toBe(false);
    expect(new Set(commands)).toEqual(new Set(["ScanCommand", "UpdateItemCommand"]));
  });

  it("rejects with a typed error when the table cannot be asked", async () => {
    const lost = dynamodbRunStore({ tableName: "no-such-table", client: server.client });
    await expect(lost.begin(beginning("run-1"))).rejects.toMatchObject({
      code: "RUN_STORE",
      message: expect.stringContaining("Could not write run run-1 in table no-such-table"),
      cause: expect.objectContaining({ name: "ResourceNotFoundException" }),
    });
    await expect(all(lost.list(), "")).rejects.toMatchObject({ code: "RUN_STORE" });
  });

  it("says what to do about a record that is too large", async () => {
    const event = JSON.stringify("x".repeat(420_000));
    await expect(store.begin(beginning("too-large", { event }))).rejects.toThrow("An item holds at most 400 KB");
  });

  it("takes a state of maxBytes beside an event of 64 KB and a result of a quarter", async () => {
    const run = `full-${++runs}`;
    const write = { run, hop: 0, owner: "owner-a", nowMs: 1, stats };
    await store.begin(beginning(run, { event: JSON.stringify("x".repeat(65_536)) }));
    expect(await store.checkpoint({ ...write, state: "s".repeat(store.maxBytes) })).toMatchObject({ ok: true });
    expect(await store.finish({ ...write, phase: "done", result: "r".repeat(store.maxBytes / 4) })).toMatchObject({
      ok: true,
    });
  });

  describe("an item that is damaged or not a run's is refused by the name of its field", () => {
    const good = {
      hop: { N: "0" },
      phase: { S: "running" },
      leaseUntilMs: { N: "0" },
      heartbeatAtMs: { N: "0" },
      startedAtMs: { N: "0" },
      attempts: { N: "1" },
      target: { S: "arn" },
      stateKey: { S: "state" },
      event: { S: "{}" },
      stats: { S: JSON.stringify(noStats) },
    };
    it.each([
      ["hop", { N: "-1" }],
      ["hop", { S: "0" }],
      ["phase", { S: "walking" }],
      ["leaseUntilMs", { S: "soon" }],
      ["attempts", { N: "1.5" }],
      ["target", { N: "1" }],
      ["event", { BOOL: true }],
      ["state", { N: "1" }],
      ["stats", { S: "{" }],
      ["stats", { S: '{"steps":-1}' }],
      ["stats", { S: "null" }],
      ["requested", { S: "explode" }],
      ["reason", { S: '{"code":1}' }],
      ["reason", { S: "null" }],
      ["owner", { N: "7" }],
    ] as const)("%s = %j", async (field, value) => {
      const run = `damaged-${++runs}`;
      const item = { run: { S: run }, ...good, [field]: value };
      await server.client.send(new PutItemCommand({ TableName: tableName, Item: item }));
      await expect(store.get(run)).rejects.toMatchObject({
        code: "RUN_STORE",
        message: expect.stringContaining(
          `run ${run} in table runs is damaged, or not a run's: its attribute "${field}"`,
        ),
      });
    });

    it("does not hide the runs behind it from a listing", async () => {
      const prefix = `hidden-${++runs}`;
      await store.begin(beginning(prefix));
      const found: string[] = [];
      const listing = (async () => {
        for await (const { run } of store.list()) found.push(run);
      })();
      await expect(listing).rejects.toMatchObject({ code: "RUN_STORE" });
      expect(found).toContain(prefix);
    });
  });
});
