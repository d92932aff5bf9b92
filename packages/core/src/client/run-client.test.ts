import { describe, expect, it } from "vitest";
import { workingRun } from "../../test/working-run.ts";
import { resume, runClient } from "../client.ts";
import { memoryRunStore, type RecursiveHandler } from "../index.ts";
import type { HandOffMessage } from "../parts.ts";

/** A function's runs, seen from outside it. */
function clientOfRuns(change: Parameters<typeof workingRun>[0] = {}) {
  const run = workingRun({ runId: () => "unused", ...change });
  const sent: HandOffMessage[] = [];
  const driver = { name: "test", maxBytes: 1e6, send: async (message: HandOffMessage) => void sent.push(message) };
  const options = { store: run.store, driver, target: "arn:work", stateKey: "position", host: run.host };
  return { ...run, sent, handedOff: run.sent, client: runClient<RecursiveHandler<{ upTo: number }, string>>(options) };
}

describe("start() begins a run", () => {
  it("in the store first, then by its event, which a handler works on", async () => {
    const { client, sent, invoke, store } = clientOfRuns();
    expect(await client.start({ upTo: 3 }, { runId: "count-3" })).toMatchObject({
      ...{ id: "count-3", status: "running", hop: 0, attempt: 0, event: { upTo: 3 } },
    });
    expect(sent).toMatchObject([{ run: "count-3", hop: 0, target: "arn:work", event: { upTo: 3 } }]);
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status: "done" });
    expect(await store.get("count-3")).toMatchObject({ phase: "done", stateKey: "position" });
  });

  it("once, however often it is asked with the same id and event", async () => {
    const { client, sent, invoke } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "count-3" });
    await client.start({ upTo: 3 }, { runId: "count-3" });
    const [first, second] = sent.map(({ event }) => event);
    expect(await invoke(first ?? {})).toMatchObject({ status: "done" });
    expect(await invoke(second ?? {})).toMatchObject({ status: "duplicate" });
    expect(await client.start({ upTo: 3 }, { runId: "count-3" })).toMatchObject({
      status: "done",
      result: "all of it",
    });
    expect(sent).toHaveLength(2);
  });

  it("and refuses another event under an id that is taken", async () => {
    const { client, sent } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "count-3" });
    const second = client.start({ upTo: 4 }, { runId: "count-3" });
    await expect(second).rejects.toMatchObject({ code: "RUN_ID_TAKEN" });
    expect(sent).toHaveLength(1);
  });

  it("for a tenant, whose run no other tenant can take", async () => {
    const { client, sent, store } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "count-3", tenantId: "blue" });
    expect(sent).toMatchObject([{ run: "count-3", tenantId: "blue" }]);
    expect(await store.get("count-3")).toMatchObject({ tenantId: "blue" });
    const other = client.start({ upTo: 3 }, { runId: "count-3", tenantId: "green" });
    await expect(other).rejects.toMatchObject({ code: "RUN_ID_TAKEN" });
  });

  it("under a random id by default", async () => {
    const { client } = clientOfRuns();
    const [one, two] = [await client.start({ upTo: 3 }), await client.start({ upTo: 3 })];
    expect(one.id).not.toBe(two.id);
  });

  it.each<[string, object, object, string]>([
    ["an event that JSON would change", { at: new Date() }, {}, "STATE"],
    ["an id that is none", { upTo: 1 }, { runId: "" }, "CONFIG"],
  ])("but refuses %s", async (_, event, options, code) => {
    const { client } = clientOfRuns();
    await expect(client.start(event as { upTo: number }, options)).rejects.toMatchObject({ code });
  });

  it("and needs to know of which function", async () => {
    const driver = { name: "test", maxBytes: 1e6, send: async () => {} };
    const client = runClient({ store: memoryRunStore(), driver });
    await expect(client.start({})).rejects.toThrow("needs the option target");
  });
});

describe("wait() answers when the run has ended", () => {
  it("with its result", async () => {
    const { client, host, begin, sent } = clientOfRuns();
    const { id } = await client.start({ upTo: 3 });
    const waiting = client.wait(id);
    void begin(sent[0]?.event ?? {});
    expect(await host.until(waiting)).toMatchObject({ id, status: "done", result: "all of it" });
  });

  it("also of a run that has no record yet", async () => {
    const { client, host } = clientOfRuns();
    const waiting = client.wait("later");
    const begun = host.until(waiting).catch((error: unknown) => error);
    await client.start({ upTo: 3 }, { runId: "later" });
    expect(await begun).toMatchObject({ code: "RUN_WAIT", message: expect.stringContaining("is at hop 0, attempt 0") });
  });

  it("and not after its time limit, which it names", async () => {
    const { client, host } = clientOfRuns();
    const beganMs = host.nowMs;
    const waiting = client.wait("never", { timeoutMs: 5_000 });
    await expect(host.until(waiting)).rejects.toMatchObject({
      code: "RUN_WAIT",
      message: expect.stringContaining("has no record yet"),
    });
    expect(host.nowMs - beganMs).toBe(5_000);
  });

  it("nor after its signal aborted", async () => {
    const { client, host } = clientOfRuns();
    const controller = new AbortController();
    const waiting = client.wait("never", { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(host.waiting).toBe(0);
  });
});

describe("get() and list() show runs without their leases", () => {
  it("with the state at the last safe point, and why a run failed", async () => {
    const { client, sent, invoke } = clientOfRuns();
    await client.start({ upTo: 30 }, { runId: "long" });
    await invoke(sent[0]?.event ?? {});
    expect(await client.get("long")).toMatchObject({ status: "running", hop: 1, state: expect.any(Number) });
    expect(await client.get("absent")).toBeUndefined();
  });

  it("page by page, the latest change first, by status and time of start", async () => {
    const { client, host, sent, invoke } = clientOfRuns();
    for (const id of ["a", "b", "c", "d"]) {
      host.advance(1_000);
      await client.start({ upTo: 1 }, { runId: id });
    }
    await invoke(sent[1]?.event ?? {});
    const first = await client.list({ status: "running", limit: 2 });
    expect(first.runs.map(({ id }) => id)).toEqual(["d", "c"]);
    const second = await client.list({ status: "running", limit: 2, cursor: first.cursor });
    expect(second).toMatchObject({ runs: [{ id: "a" }], cursor: undefined });
    expect((await client.list({ status: "done" })).runs.map(({ id }) => id)).toEqual(["b"]);
    const startedAfter = new Date(host.nowMs - 3_500);
    expect((await client.list({ startedAfter })).runs.map(({ id }) => id).sort()).toEqual(["b", "c", "d"]);
  });

  it("hides nothing of a run that was resumed", async () => {
    const { client, sent, invoke, store, host } = clientOfRuns();
    await client.start({ upTo: 30 }, { runId: "paused" });
    await store.request("paused", "pause", host.nowMs);
    await invoke(sent[0]?.event ?? {});
    expect(await client.wait("paused")).toMatchObject({ status: "paused", reason: { code: "PAUSE_REQUESTED" } });
    const driver = { name: "test", maxBytes: 1e6, send: async () => {} };
    await resume({ run: "paused", store, driver, host });
    expect(await client.get("paused")).toMatchObject({ status: "running" });
  });
});

describe("stop(), pause() and resume() ask a run", () => {
  it.each([
    ["stop", "stopped", "STOP_REQUESTED"],
    ["pause", "paused", "PAUSE_REQUESTED"],
  ] as const)("to %s, which it does at its next safe point", async (verb, status, code) => {
    const { client, sent, invoke } = clientOfRuns();
    await client.start({ upTo: 30 }, { runId: "long" });
    expect(await client[verb]("long")).toMatchObject({ status: "running", requested: verb });
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status });
    expect(await client.wait("long")).toMatchObject({ status, reason: { code } });
    expect(await client[verb === "stop" ? "pause" : "stop"]("long")).toMatchObject({ status, reason: { code } });
  });

  it("to continue from its last safe point, with other limits if given", async () => {
    const { client, sent, invoke } = clientOfRuns();
    await client.start({ upTo: 30 }, { runId: "long" });
    await client.stop("long");
    await invoke(sent.shift()?.event ?? {});
    const resumed = await client.resume("long", { limits: { maxHops: 20_000 } });
    expect(resumed).toMatchObject({ status: "running", limits: { maxHops: 20_000 } });
    expect(resumed).not.toHaveProperty("requested");
    expect(sent).toHaveLength(1);
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status: "continued" });
  });

  it("to do nothing, where it has not seen the request yet: no second event is sent", async () => {
    const { client, sent, invoke } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "short" });
    await client.stop("short");
    expect(await client.resume("short")).not.toHaveProperty("requested");
    expect(sent).toHaveLength(1);
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status: "done" });
    expect(await client.resume("short")).toMatchObject({ status: "done", result: "all of it" });
    expect(sent).toHaveLength(1);
  });

  it("but give no limits to one under way, and none that is reached", async () => {
    const { client, sent, handedOff, invoke } = clientOfRuns();
    await client.start({ upTo: 30 }, { runId: "long" });
    const limits = { maxHops: 1 };
    await expect(client.resume("long", { limits })).rejects.toMatchObject({ code: "RUN_UNDER_WAY" });
    await invoke(sent[0]?.event ?? {});
    await client.stop("long");
    await invoke(handedOff[0]?.event ?? {});
    await expect(client.resume("long", { limits })).rejects.toMatchObject({ code: "CONFIG" });
    expect(await client.get("long")).toMatchObject({ status: "stopped" });
  });

  it("and say so where there is none of that id", async () => {
    const { client } = clientOfRuns();
    const answers = [client.stop("absent"), client.pause("absent"), client.resume("absent")];
    expect(await Promise.all(answers)).toEqual([undefined, undefined, undefined]);
  });
});

describe("rewind() begins a run again at an earlier hop", () => {
  it("and says which hops there are", async () => {
    const { client, sent, handedOff, invoke } = clientOfRuns({ history: { hops: 2 } });
    await client.start({ upTo: 20 }, { runId: "long" });
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status: "continued" });
    expect(await client.get("long")).toMatchObject({ hop: 1, rewindableHops: [0, 1] });
    expect(await invoke(handedOff[0]?.event ?? {})).toMatchObject({ status: "continued" });
    const refused = client.rewind("long", { hop: 0 });
    await expect(refused).rejects.toMatchObject({ code: "RUN_HISTORY", hops: [1, 2] });
    const rewound = await client.rewind("long", { hop: 1, limits: { maxHops: 500 } });
    expect(rewound).toMatchObject({ status: "running", hop: 1, attempt: 0, rewinds: 1, rewindableHops: [1] });
    expect(sent.at(-1)).toMatchObject({ run: "long", hop: 1 });
    expect(await invoke(sent.at(-1)?.event ?? {})).toMatchObject({ status: "continued" });
    expect(await client.rewind("absent", { hop: 0 })).toBeUndefined();
  });
});

describe("delete() empties a run at rest", () => {
  it("and keeps its id, so that no late event begins it again", async () => {
    const { client, sent, invoke, items } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "short" });
    await invoke(sent[0]?.event ?? {});
    expect(await client.delete("short")).toBe(true);
    expect(await client.get("short")).toBeUndefined();
    expect((await client.list()).runs).toEqual([]);
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status: "duplicate", refusal: "over" });
    expect(items).toHaveLength(3);
    expect(await client.resume("short")).toBeUndefined();
    const again = client.start({ upTo: 3 }, { runId: "short" });
    await expect(again).rejects.toMatchObject({
      code: "RUN_ID_TAKEN",
      message: expect.stringContaining("was deleted"),
    });
    expect(await client.delete("short")).toBe(false);
  });

  it("but none under way, and answers whether there was one", async () => {
    const { client } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "short" });
    await expect(client.delete("short")).rejects.toMatchObject({ code: "RUN_UNDER_WAY" });
    expect(await client.get("short")).toMatchObject({ status: "running" });
    expect(await client.delete("absent")).toBe(false);
  });
});

it("a client works on the machine's clock by default", async () => {
  const store = memoryRunStore();
  const driver = { name: "test", maxBytes: 1e6, send: async () => {} };
  const client = runClient({ store, driver, target: "work" });
  const before = Date.now();
  const { startedAt } = await client.start({});
  expect(startedAt.getTime()).toBeGreaterThanOrEqual(before);
});

describe("redrive() begins again what a failed event asked for", () => {
  const functionArn = "arn:aws:lambda:eu-central-1:000000000000:function:work";

  it("a run that failed continues from its record, whatever the event says", async () => {
    const { client, sent, invoke, store } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "count-3" });
    const [first] = sent.map(({ event }) => event);
    await client.stop("count-3");
    expect(await invoke(first ?? {})).toMatchObject({ status: "stopped" });
    const failed = { event: { ...first, upTo: 9 }, functionArn };
    expect(await client.redrive(failed)).toMatchObject({
      action: "resumed",
      run: { id: "count-3", status: "running" },
    });
    expect(await invoke(sent[1]?.event ?? {})).toMatchObject({ status: "done" });
    expect((await store.get("count-3"))?.event).toBe('{"upTo":3}');
    expect(await client.redrive(failed)).toMatchObject({ action: "none", run: { status: "done" } });
    expect(sent).toHaveLength(2);
  });

  it("a run that waits for its next hop gets the event that its record says", async () => {
    const { client, sent, invoke } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "count-3" });
    const [first] = sent.map(({ event }) => event);
    expect(await client.redrive({ event: first ?? {}, functionArn })).toMatchObject({
      action: "sent",
      run: { hop: 0 },
    });
    expect(sent[1]).toEqual(sent[0]);
    expect(await invoke(sent[1]?.event ?? {})).toMatchObject({ status: "done" });
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status: "duplicate" });
  });

  it("a first event is sent to its function as it came", async () => {
    const { client, sent } = clientOfRuns();
    const event = { upTo: 3 };
    expect(await client.redrive({ event, functionArn, requestId: "r-1" })).toEqual({ action: "sent" });
    expect(await client.redrive({ event })).toEqual({ action: "sent" });
    expect(sent.map(({ target, payload }) => [target, payload])).toEqual([
      [functionArn, '{"upTo":3}'],
      ["arn:work", '{"upTo":3}'],
    ]);
  });

  it("unless its run has a record under the id that the function gives it", async () => {
    const { client, store, sent } = clientOfRuns();
    const run = "work/request:r-1";
    await store.create({ run, nowMs: 1, startedAtMs: 1, target: functionArn, event: '{"upTo":3}' });
    expect(await client.redrive({ event: { upTo: 3 }, functionArn, requestId: "r-1" })).toMatchObject({
      ...{ action: "sent", run: { id: run } },
    });
    expect(sent).toMatchObject([{ run, hop: 0, event: { longhaul: { run } } }]);
  });

  it("a run that was deleted is not begun again", async () => {
    const { client, sent, invoke } = clientOfRuns();
    await client.start({ upTo: 3 }, { runId: "count-3" });
    const event = sent[0]?.event ?? {};
    await invoke(event);
    await client.delete("count-3");
    expect(await client.redrive({ event })).toEqual({ action: "none", run: undefined });
    expect(sent).toHaveLength(1);
  });

  it("and says what it cannot use", async () => {
    const { client, store, sent } = clientOfRuns();
    const { driver } = { driver: { name: "test", maxBytes: 1, send: async () => {} } };
    const nowhere = runClient({ store, driver });
    await expect(nowhere.redrive({ event: {} })).rejects.toMatchObject({ code: "CONFIG" });
    await expect(client.redrive({ event: { longhaul: 1 } })).rejects.toMatchObject({ code: "EVENT" });
    expect(sent).toEqual([]);
  });
});
