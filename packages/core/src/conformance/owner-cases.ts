import type { OwnerWrite, RunStore, WriteAnswer } from "../state/run-store.ts";
import { checkEqual, checkFields } from "./check.ts";
import type { StoreCase } from "./store-case.ts";
import { BEGINS_MS, LEASE_MS, SKEW_MS, STATS, storeCase } from "./subject.ts";

const WRITES: Readonly<Record<string, (store: RunStore, write: OwnerWrite) => Promise<WriteAnswer>>> = {
  renew: (store, write) => store.renew({ ...write, leaseUntilMs: write.nowMs + LEASE_MS }),
  checkpoint: (store, write) => store.checkpoint({ ...write, state: "{}", stats: STATS }),
  handOff: (store, write) => store.handOff({ ...write, state: "{}", stats: STATS }),
  release: (store, write) => store.release(write),
  finish: (store, write) => store.finish({ ...write, phase: "done", stats: STATS }),
};

/** Writes that the attempt with the lease may make, and nobody else. */
export const ownerCases: readonly StoreCase[] = [
  ...Object.entries(WRITES).map(([name, write]) =>
    storeCase(`${name} is refused to all but the owner, and answered with the record`, async (subject) => {
      const { record, ...mine } = await subject.begun("owned");
      const others = [{ owner: "owner-b" }, { epoch: mine.epoch - 1 }, { epoch: mine.epoch + 1 }];
      for (const other of others) {
        const answer = await write(subject.store, { ...mine, ...other });
        checkEqual(`${name} by ${JSON.stringify(other)}`, answer, { ok: false, record });
      }
      checkEqual("the record", await subject.store.get(mine.run), record);
      const run = subject.runId("absent");
      checkEqual(`${name} without a record`, await write(subject.store, { ...mine, run }), { ok: false });
    }),
  ),
  ...Object.entries(WRITES).map(([name, write]) =>
    storeCase(`${name} of an attempt that was taken over is refused`, async (subject) => {
      const { record: _, ...mine } = await subject.begun("taken");
      const nowMs = BEGINS_MS + LEASE_MS + SKEW_MS + 1;
      const taking = { owner: "owner-b", nowMs, leaseUntilMs: nowMs + LEASE_MS };
      const { record } = await subject.store.begin(subject.beginning(mine.run, taking));
      const answer = await write(subject.store, { ...mine, nowMs: nowMs + 1 });
      checkEqual(name, answer, { ok: false, record });
      checkEqual("the record", await subject.store.get(mine.run), record);
    }),
  ),
  storeCase("a renewal moves the end of the lease, so that nobody takes it over", async (subject) => {
    const { record, ...mine } = await subject.begun("renewed");
    const { store } = subject;
    const [nowMs, leaseUntilMs] = [BEGINS_MS + 9_000, BEGINS_MS + 9_000 + LEASE_MS];
    checkFields("renew", await store.renew({ ...mine, nowMs, leaseUntilMs }), { ok: true });
    const expected = { ...record, heartbeatAtMs: nowMs, leaseUntilMs, dueAtMs: leaseUntilMs };
    checkEqual("the record", await store.get(mine.run), expected);
    const late = (lateMs: number) => store.begin(subject.beginning(mine.run, { owner: "owner-b", nowMs: lateMs }));
    checkFields("begin within the lease", await late(leaseUntilMs + SKEW_MS), { ok: false, refusal: "lease-live" });
    checkFields("begin after the lease", await late(leaseUntilMs + SKEW_MS + 1), { ok: true });
  }),
  storeCase("a renewal that arrives late changes nothing, and none moves the end back", async (subject) => {
    const { record: _, ...mine } = await subject.begun("late");
    const { store } = subject;
    await store.renew({ ...mine, nowMs: BEGINS_MS + 500, leaseUntilMs: BEGINS_MS + 20_000 });
    const record = await store.get(mine.run);
    const late = { ...mine, nowMs: BEGINS_MS + 400, leaseUntilMs: BEGINS_MS + 30_000 };
    checkFields("a late renewal", await store.renew(late), { ok: true });
    const back = { ...mine, nowMs: BEGINS_MS + 600, leaseUntilMs: BEGINS_MS + 15_000 };
    checkFields("a renewal to an earlier end", await store.renew(back), { ok: true });
    checkEqual("the record", await store.get(mine.run), record);
  }),
  storeCase("of a renewal and a takeover at once one wins", async (subject) => {
    const { record: _, ...mine } = await subject.begun("both");
    const nowMs = BEGINS_MS + LEASE_MS + SKEW_MS + 1;
    const taking = { owner: "owner-b", nowMs, leaseUntilMs: nowMs + LEASE_MS };
    const answers = await Promise.all([
      subject.store.renew({ ...mine, nowMs, leaseUntilMs: nowMs + LEASE_MS }),
      subject.store.begin(subject.beginning(mine.run, taking)),
    ]);
    checkEqual("how many won", answers.filter(({ ok }) => ok).length, 1);
  }),
  storeCase("a checkpoint saves state and statistics; what failed before it counts no more", async (subject) => {
    const { record: _, ...mine } = await subject.begun("saved");
    const { store } = subject;
    await store.release({ ...mine, lastError: { code: "TypeError", message: "x is not a function" } });
    await store.begin(subject.beginning(mine.run, { nowMs: BEGINS_MS + 2 }));
    const record = await store.get(mine.run);
    checkFields("the record of the second attempt", record, { failures: 2, attempt: 2, epoch: mine.epoch + 1 });
    const write = { ...mine, epoch: mine.epoch + 1, nowMs: BEGINS_MS + 3, state: '{"value":5}', stats: STATS };
    checkFields("checkpoint", await store.checkpoint(write), { ok: true });
    const saved = { ...record, failures: 0, heartbeatAtMs: write.nowMs, state: write.state, stats: STATS };
    checkEqual("the record", await store.get(mine.run), { ...saved, lastError: undefined });
  }),
  storeCase("a write of the owner keeps its report, and one without a report keeps the last", async (subject) => {
    const { record: _, ...mine } = await subject.begun("reported");
    const { store } = subject;
    const { run } = mine;
    const reported = async (what: string, answer: Promise<WriteAnswer>, progress: object) => {
      checkFields(what, await answer, { ok: true });
      checkFields(`the record after ${what}`, await store.get(run), { progress });
    };
    const saved = { state: "{}", stats: STATS };
    const at = (hop: number, ms: number) => ({ ...mine, hop, epoch: mine.epoch + hop, nowMs: BEGINS_MS + ms });
    await reported("a checkpoint", store.checkpoint({ ...at(0, 1), ...saved, progress: { rows: 1 } }), { rows: 1 });
    await reported("a checkpoint without", store.checkpoint({ ...at(0, 2), ...saved }), { rows: 1 });
    await reported("a handOff", store.handOff({ ...at(0, 3), ...saved, progress: { rows: 2, bytes: 0.5 } }), {
      rows: 2,
      bytes: 0.5,
    });
    const next = { hop: 1, nowMs: BEGINS_MS + 4 };
    await store.begin(subject.beginning(run, next));
    await reported("a release", store.release({ ...at(1, 5), progress: { rows: 3 } }), { rows: 3 });
    const { record } = await store.begin(subject.beginning(run, { ...next, owner: "owner-b", nowMs: BEGINS_MS + 6 }));
    const last = { ...at(1, 7), owner: "owner-b", epoch: record?.epoch ?? 0, stats: STATS };
    await reported("a finish", store.finish({ ...last, phase: "done", progress: { rows: 4 } }), { rows: 4 });
  }),
  storeCase("a checkpoint renews the lease if it brings an end", async (subject) => {
    const { record: _, ...mine } = await subject.begun("saved");
    const leaseUntilMs = BEGINS_MS + 2 * LEASE_MS;
    await subject.store.checkpoint({ ...mine, state: "{}", stats: STATS, leaseUntilMs });
    checkFields("the record", await subject.store.get(mine.run), { leaseUntilMs, dueAtMs: leaseUntilMs });
  }),
  storeCase("a checkpoint that arrives late changes nothing", async (subject) => {
    const { record: _, ...mine } = await subject.begun("late");
    const { store } = subject;
    await store.checkpoint({ ...mine, nowMs: BEGINS_MS + 500, state: '{"value":2}', stats: STATS });
    const record = await store.get(mine.run);
    const late = { ...mine, nowMs: BEGINS_MS + 400, state: '{"value":1}', stats: STATS };
    checkFields("the late checkpoint", await store.checkpoint(late), { ok: true });
    checkEqual("the record", await store.get(mine.run), record);
  }),
  storeCase("checkpoints and renewals answer with what is asked of the run", async (subject) => {
    const { record: _, ...mine } = await subject.begun("asked");
    const { store } = subject;
    const checkpoint = (ms: number) => store.checkpoint({ ...mine, nowMs: BEGINS_MS + ms, state: "{}", stats: STATS });
    checkEqual("a checkpoint before", await checkpoint(1), { ok: true });
    for (const [index, requested] of (["pause", "stop"] as const).entries()) {
      checkEqual(`the request to ${requested}`, await store.request(mine.run, requested, BEGINS_MS + 50), true);
      checkEqual("a checkpoint", await checkpoint(10 * index + 2), { ok: true, requested });
      const renewal = { ...mine, nowMs: BEGINS_MS + 10 * index + 3, leaseUntilMs: BEGINS_MS + 2 * LEASE_MS };
      checkEqual("a renewal", await store.renew(renewal), { ok: true, requested });
    }
    await store.request(mine.run, undefined, BEGINS_MS + 50);
    checkEqual("a checkpoint after the request was taken back", await checkpoint(100), { ok: true });
  }),
];
