import { checkEqual, checkFields } from "./check.ts";
import type { StoreCase } from "./store-case.ts";
import { BEGINS_MS, LEASE_MS, SKEW_MS, STATS, storeCase } from "./subject.ts";

/** When a lease that was not renewed may be taken over. */
const FREE_MS = BEGINS_MS + LEASE_MS + SKEW_MS + 1;

/** Who may begin a hop. */
export const beginCases: readonly StoreCase[] = [
  storeCase("a run that begins has a record of what it begins with", async (subject) => {
    const what = { state: '{"value":1}', tenantId: "blue", stateKey: "position", pinned: "7", stats: STATS };
    const { run, record } = await subject.begun("new", what);
    const { target, event, startedAtMs, leaseUntilMs, owner } = subject.beginning(run);
    const expected = { run, target, event, startedAtMs, leaseUntilMs, owner, ...what, hop: 0, phase: "running" };
    checkFields("the answer of begin", record, { ...expected, attempt: 1, epoch: 1, failures: 1 });
    checkEqual("the record that get reads", await subject.store.get(run), record);
  }),
  storeCase("a run without a record begins, unless the store says mustExist", async (subject) => {
    const run = subject.runId("absent");
    const answer = await subject.store.begin(subject.beginning(run));
    if (subject.store.mustExist) checkEqual("begin", answer, { ok: false, refusal: "unknown" });
    else checkFields("begin", answer, { ok: true });
  }),
  storeCase("a later hop of a run without a record is refused as unknown", async (subject) => {
    const run = subject.runId("absent");
    checkEqual("begin", await subject.store.begin(subject.beginning(run, { hop: 1 })), {
      ok: false,
      refusal: "unknown",
    });
    checkEqual("the record", await subject.store.get(run), undefined);
  }),
  storeCase("a run is created once, and its first hop may begin", async (subject) => {
    const run = subject.runId("created");
    const { store } = subject;
    checkEqual("the first create", await store.create(subject.beginning(run)), true);
    checkEqual("the second create", await store.create(subject.beginning(run, { event: "{}" })), false);
    checkFields("the record", await store.get(run), { phase: "handed-off", hop: 0, attempt: 0, epoch: 0 });
    const answer = await store.begin(subject.beginning(run, { event: '{"other":1}' }));
    const { event } = subject.beginning(run);
    checkFields("the record of begin", answer.record, { event, phase: "running", epoch: 1 });
  }),
  storeCase("nobody begins while a lease is live", async (subject) => {
    const { run, record } = await subject.begun("live");
    for (const nowMs of [BEGINS_MS, FREE_MS - 1]) {
      const answer = await subject.store.begin(subject.beginning(run, { owner: "owner-b", nowMs }));
      checkEqual(`begin ${nowMs - BEGINS_MS} ms later`, answer, { ok: false, refusal: "lease-live", record });
    }
  }),
  storeCase("a lease is taken over once it is over by more than the skew, with a higher epoch", async (subject) => {
    const { run, record } = await subject.begun("dead");
    const late = { owner: "owner-b", nowMs: FREE_MS, leaseUntilMs: FREE_MS + LEASE_MS, event: '{"other":1}' };
    const answer = await subject.store.begin(subject.beginning(run, late));
    const { event, epoch } = record;
    const expected = {
      event,
      owner: "owner-b",
      attempt: 2,
      failures: 2,
      epoch: epoch + 1,
      leaseUntilMs: late.leaseUntilMs,
    };
    checkFields("the record of the second attempt", answer.record, expected);
  }),
  storeCase("a begin whose answer was lost is recognised, and undoes nothing", async (subject) => {
    const { record: _, ...write } = await subject.begun("again");
    await subject.store.checkpoint({ ...write, state: '{"value":1}', stats: STATS });
    const record = await subject.store.get(write.run);
    checkEqual("the second begin", await subject.store.begin(subject.beginning(write.run)), { ok: true, record });
  }),
  storeCase("of ten that begin at once one wins", async (subject) => {
    const run = await subject.made("race");
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => subject.store.begin(subject.beginning(run, { owner: `owner-${i}` }))),
    );
    checkEqual("how many began", answers.filter(({ ok }) => ok).length, 1);
    checkFields("the record", await subject.store.get(run), { attempt: 1, epoch: 1 });
  }),
  storeCase("of ten that take over at once one wins", async (subject) => {
    const { run } = await subject.begun("takeover");
    const late = { nowMs: FREE_MS, leaseUntilMs: FREE_MS + LEASE_MS };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        subject.store.begin(subject.beginning(run, { ...late, owner: `owner-${i}` })),
      ),
    );
    checkEqual("how many began", answers.filter(({ ok }) => ok).length, 1);
    checkFields("the record", await subject.store.get(run), { attempt: 2, epoch: 2 });
  }),
  storeCase("an older hop, and one that is to come, are refused", async (subject) => {
    const { record: _, ...write } = await subject.begun("hops");
    const { run } = write;
    const { store } = subject;
    await store.handOff({ ...write, state: "{}", stats: STATS });
    const at = async (hop: number) => {
      const answer = await store.begin(subject.beginning(run, { hop, owner: "owner-b" }));
      return answer.ok ? "ok" : answer.refusal;
    };
    checkEqual("begin of the hop before one that was handed off", await at(0), "handed-off");
    checkEqual("begin of a hop to come", await at(2), "older");
    checkEqual("begin of the hop that was handed off", await at(1), "ok");
    checkEqual("begin of an older hop", await at(0), "older");
  }),
];
