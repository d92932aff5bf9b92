import { DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { RunStore } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { KEPT_BACK_BYTES, recordBytes } from "@longhaul/core/store";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createRunTable, embeddedRunTable, plainRunTable, type RunTableServer, tableName } from "./run-table.ts";
import { all, beginning, dueRuns, noStats, reason, stats } from "./run-writes.ts";

// Real endpoints, on machines that are busy with other tests.
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
    expect(await store.get(run)).toMatchObject({ attempt: 1, epoch: 1, phase: "running" });
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
    expect(await store.get(run)).toMatchObject({ attempt: 2, epoch: 2 });
  });

  it("resumes a run once, though 5 ask", async () => {
    const run = `resume-${++runs}`;
    await store.begin(beginning(run));
    await store.finish({ run, hop: 0, owner: "owner-a", epoch: 1, nowMs: 1, phase: "stopped", stats, reason });
    const resumed = await Promise.all(Array.from({ length: 5 }, (_, i) => store.resume(run, 100 + i)));
    expect(resumed.filter(Boolean)).toHaveLength(1);
    expect(await store.get(run)).toMatchObject({ phase: "handed-off", attempt: 1, epoch: 2 });
  });

  it("confirms once that a run is due, though 5 sweeps ask", async () => {
    const run = `due-${++runs}`;
    await store.create(beginning(run));
    const query = { beforeMs: beginning(run).nowMs + 1, nowMs: beginning(run).nowMs + 60_000 };
    const confirmed = await Promise.all(Array.from({ length: 5 }, () => store.postpone(run, query)));
    expect(confirmed.filter(Boolean)).toHaveLength(1);
    expect(confirmed.find(Boolean)).toEqual(await store.get(run));
  });

  describe("a write whose answer was lost is recognised when it is made again", () => {
    const write = { hop: 0, owner: "owner-a", epoch: 1, nowMs: 1_800_000_000_001 };
    it.each<{ line: string; repeat: (run: string) => Promise<{ ok: boolean }> }>([
      { line: "begin", repeat: (run) => store.begin(beginning(run)) },
      { line: "checkpoint", repeat: (run) => store.checkpoint({ ...write, run, state: "{}", stats }) },
      { line: "handOff", repeat: (run) => store.handOff({ ...write, run, state: "{}", stats }) },
      { line: "finish", repeat: (run) => store.finish({ ...write, run, phase: "done", stats, result: "1" }) },
    ])("$line", async ({ line, repeat }) => {
      const run = `lost-${++runs}`;
      if (line !== "begin") await store.begin(beginning(run));
      loseNextAnswer(server);
      const answer = await repeat(run);
      expect(answer).toMatchObject({ ok: true });
      const record = await store.get(run);
      expect(record).toMatchObject({ attempt: expect.any(Number), epoch: 1, heartbeatAtMs: expect.any(Number) });
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

  it("takes the table's name from the environment by default", async () => {
    vi.stubEnv("LONGHAUL_RUN_TABLE", tableName);
    const run = `environment-${++runs}`;
    await dynamodbRunStore({ client: server.client }).begin(beginning(run));
    expect(await store.get(run)).toMatchObject({ phase: "running" });
    vi.unstubAllEnvs();
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
    const write = { run, hop: 0, owner: "owner-a", epoch: 1 };
    await store.begin(beginning(run));
    expect(await ttl()).toBe(1_800_000_000 + twentyDays);
    await store.postpone(run, { beforeMs: 1_900_000_000_000, nowMs: 1_800_000_050_000 });
    expect(await ttl()).toBe(1_800_000_050 + twentyDays);
    await store.checkpoint({ ...write, nowMs: 1_800_000_100_000, state: "{}", stats });
    expect(await ttl()).toBe(1_800_000_100 + twentyDays);
    await store.finish({ ...write, nowMs: 1_800_000_200_001, phase: "stopped", stats });
    expect(await ttl()).toBe(1_800_000_201 + twentyDays);
    await store.resume(run, 1_800_000_300_000);
    expect(await ttl()).toBe(1_800_000_300 + twentyDays);
  });

  it("asks no more than a sweeper may: Query and UpdateItem, even of a run that is gone", async () => {
    const commands: string[] = [];
    const client = embeddedClientOf(server, commands);
    const swept = dynamodbRunStore({ tableName, client });
    const run = `swept-${++runs}`;
    await store.begin(beginning(run));
    const query = { beforeMs: 1_900_000_000_000, nowMs: 1_900_000_000_000 };
    expect(await dueRuns(swept, query, run)).toEqual([run]);
    expect(await swept.postpone(run, query)).toMatchObject({ run });
    expect(await swept.postpone(run, query)).toBeUndefined();
    expect(await swept.postpone(`${run}-gone`, query)).toBeUndefined();
    expect(new Set(commands)).toEqual(new Set(["QueryCommand", "UpdateItemCommand"]));
  });

  it("reads a record and a listing consistently: a run must not look as it was", async () => {
    const inputs: Record<string, unknown>[] = [];
    const client = Object.create(server.client) as typeof server.client;
    client.send = ((command: { input: Record<string, unknown> }, ...rest: []) => {
      inputs.push(command.input);
      return server.client.send(command as never, ...rest);
    }) as typeof client.send;
    const reading = dynamodbRunStore({ tableName, client });
    await reading.get("no-such-run");
    await all(reading.list(), "no-such-run");
    expect(inputs.length).toBeGreaterThanOrEqual(2);
    for (const input of inputs) expect(input).toMatchObject({ ConsistentRead: true });
  });

  it.each([0, 1])(
    "begins hop %d once the lease is over by more than clocks may differ, and not before",
    async (hop) => {
      const run = `skewed-${++runs}`;
      const { leaseUntilMs, skewMs, nowMs } = beginning(run);
      await store.begin(beginning(run));
      if (hop === 1) {
        await store.handOff({ run, hop: 0, owner: "owner-a", epoch: 1, nowMs, state: "{}", stats });
        await store.begin(beginning(run, { hop }));
      }
      const at = (nowMs: number) =>
        store.begin(beginning(run, { hop, owner: "owner-b", nowMs, leaseUntilMs: nowMs + 1 }));
      expect(await at(leaseUntilMs + skewMs)).toMatchObject({ ok: false, refusal: "lease-live" });
      expect(await at(leaseUntilMs + skewMs + 1)).toMatchObject({ ok: true });
    },
  );

  it("resumes a run that changed after it was read only if the new one allows it", async () => {
    const run = `raced-${++runs}`;
    await store.begin(beginning(run));
    const write = { run, hop: 0, owner: "owner-a", epoch: 1, stats };
    await store.finish({ ...write, nowMs: 1, phase: "stopped", reason });
    // Between the read and the write another resumes it, and it stops again.
    const client = Object.create(server.client) as typeof server.client;
    let isFirst = true;
    client.send = (async (command: object, ...rest: []) => {
      const answer = await server.client.send(command as never, ...rest);
      if (command instanceof GetItemCommand && isFirst) {
        isFirst = false;
        await store.resume(run, 100);
        await store.begin(beginning(run, { owner: "owner-b" }));
        await store.finish({ ...write, owner: "owner-b", epoch: 3, nowMs: 200, phase: "stopped", reason });
      }
      return answer;
    }) as typeof client.send;
    expect(await dynamodbRunStore({ tableName, client }).resume(run, 300)).toMatchObject({ epoch: 4 });
    expect(await store.get(run)).toMatchObject({ phase: "handed-off", epoch: 4, attempt: 2 });
  });

  it("an end that arrives after its attempt gave the lease back does not end the run", async () => {
    const run = `ended-${++runs}`;
    await store.begin(beginning(run));
    const write = { run, hop: 0, owner: "owner-a", epoch: 1, nowMs: 1 };
    await store.release(write);
    expect(await store.finish({ ...write, phase: "done", stats })).toMatchObject({ ok: false });
    expect(await store.get(run)).toMatchObject({ phase: "handed-off" });
  });

  it("says what to add to a table without the index that a sweep reads", async () => {
    await createRunTable(server.client, "without-index", false);
    const old = dynamodbRunStore({ tableName: "without-index", client: server.client });
    await old.begin(beginning("run-1"));
    await expect(old.due({ beforeMs: 1, nowMs: 1 })).rejects.toMatchObject({
      code: "RUN_STORE",
      message: expect.stringContaining(
        'A run table needs the index "live": partition key "live" (a text), sort key "dueAtMs" (a number), keys only.',
      ),
    });
  });

  it("keeps in its indexes where a run stands: live while it is, and its status at all times", async () => {
    const run = `indexed-${++runs}`;
    const item = async () => {
      const key = { TableName: tableName, Key: { run: { S: run } }, ConsistentRead: true };
      const { live, status, changedAtMs, dueAtMs } = (await server.client.send(new GetItemCommand(key))).Item ?? {};
      return [live?.S?.split("#")[0], status?.S?.split("#")[0], Number(changedAtMs?.N), dueAtMs && Number(dueAtMs.N)];
    };
    const { nowMs, leaseUntilMs } = beginning(run);
    const write = { run, hop: 0, owner: "owner-a", epoch: 1, stats };
    await store.begin(beginning(run));
    expect(await item()).toEqual(["live", "running", nowMs, leaseUntilMs]);
    await store.handOff({ ...write, nowMs: nowMs + 1, state: "{}" });
    // It is still under way: the index of lists is not written again for each hop.
    expect(await item()).toEqual(["live", "running", nowMs, nowMs + 1]);
    await store.begin(beginning(run, { hop: 1, owner: "owner-b", nowMs: nowMs + 2 }));
    const ended = { ...write, hop: 1, owner: "owner-b", epoch: 2, phase: "stopped" as const };
    await store.finish({ ...ended, nowMs: nowMs + 3 });
    expect(await item()).toEqual([undefined, "stopped", nowMs + 3, undefined]);
    await store.resume(run, nowMs + 4);
    expect(await item()).toEqual(["live", "running", nowMs + 4, nowMs + 4]);
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

  it("takes a record as large as it says, measured as recordBytes measures it, and no larger", async () => {
    const sizes: number[] = [];
    for (const over of [-1_000, 1_000]) {
      const run = `full-${++runs}`;
      const write = { run, hop: 0, owner: "owner-a", epoch: 1, nowMs: 1_800_000_000_001, stats };
      await store.begin(beginning(run, { event: JSON.stringify("x".repeat(150_000)), tenantId: "blue", pinned: "7" }));
      const empty = recordBytes((await store.get(run))!);
      const state = "s".repeat(store.maxBytes - empty - KEPT_BACK_BYTES);
      expect(await store.checkpoint({ ...write, state })).toMatchObject({ ok: true });
      sizes.push(recordBytes((await store.get(run))!));
      const message = "m".repeat(KEPT_BACK_BYTES + over);
      const end = store.finish({ ...write, phase: "failed", reason: { code: "C", message } });
      if (over < 0) expect(await end).toMatchObject({ ok: true });
      else await expect(end).rejects.toThrow("An item holds at most 400 KB");
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(store.maxBytes - KEPT_BACK_BYTES + 100);
  });

  describe("an item that is damaged or not a run's is refused by the name of its field", () => {
    const good = {
      v: { N: "1" },
      hop: { N: "0" },
      attempt: { N: "1" },
      epoch: { N: "1" },
      failures: { N: "1" },
      phase: { S: "running" },
      leaseUntilMs: { N: "0" },
      heartbeatAtMs: { N: "0" },
      startedAtMs: { N: "0" },
      changedAtMs: { N: "0" },
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
      ["attempt", { N: "1.5" }],
      ["epoch", { N: "-1" }],
      ["failures", { S: "1" }],
      ["v", { S: "1" }],
      ["limits", { S: '{"maxHops":0}' }],
      ["limits", { S: "null" }],
      ["lastError", { S: "{}" }],
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

    it.each([
      [
        "of a newer version of this library, which is to be deployed",
        { N: "2" },
        "was written by a newer @longhaul/core",
      ],
      ["of a time before records had a version", undefined, 'its attribute "v" must be a number'],
    ])("one %s", async (_, v, message) => {
      const run = `versioned-${++runs}`;
      const { v: __, ...rest } = good;
      const item = { run: { S: run }, ...rest, ...(v && { v }) };
      await server.client.send(new PutItemCommand({ TableName: tableName, Item: item }));
      await expect(store.get(run)).rejects.toThrow(message);
      await server.client.send(new DeleteItemCommand({ TableName: tableName, Key: { run: { S: run } } }));
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
