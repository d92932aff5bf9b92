import { firstHistory, type HistoryEntry, withHop } from "../state/run-history.ts";
import type { OwnerWrite, RunHistory, RunRecord } from "../state/run-store.ts";
import { checkEqual, checkFields } from "./check.ts";
import type { StoreCase } from "./store-case.ts";
import { BEGINS_MS, LEASE_MS, STATS, type Subject, storeCase } from "./subject.ts";

/** A case of a store that has a history; any other keeps the promise by having none. */
function historyCase(name: string, check: (subject: Subject, history: RunHistory) => Promise<void>): StoreCase {
  return storeCase(name, async (subject) => {
    if (subject.store.history) await check(subject, subject.store.history);
  });
}

const stateOf = (hop: number) => `{"value":"state of hop ${hop}"}`;

/** Makes a run whose hops up to `hop` have begun, each with its entry in the history; answers with its owner's next write. */
async function runAt(
  subject: Subject,
  history: RunHistory,
  name: string,
  hop: number,
): Promise<OwnerWrite & { readonly record: RunRecord }> {
  const begins = { keepsHistory: true, state: stateOf(0), tenantId: "blue", stateKey: "position" };
  const { record, run } = await subject.begun(name, begins);
  await history.keep({ run, hop: 0, slot: 0, epoch: 0, state: stateOf(0), nowMs: BEGINS_MS });
  let current = record;
  for (let at = 0; at < hop; at++) {
    const { owner = "", epoch } = current;
    const mine = { run, hop: at, owner, epoch, nowMs: BEGINS_MS + 10 * at + 5 };
    const next = withHop(current.history, { hop: at + 1, epoch }, 10);
    const state = stateOf(at + 1);
    await history.keep({ run, hop: at + 1, slot: next.slot, epoch, state, nowMs: mine.nowMs });
    await subject.store.handOff({ ...mine, state, stats: STATS, history: next.history, progress: { rows: at } });
    const begun = await subject.store.begin(
      subject.beginning(run, { hop: at + 1, owner: `owner-${at + 1}`, nowMs: BEGINS_MS + 10 * at + 10 }),
    );
    if (!begun.ok) throw new Error(`Hop ${at + 1} of run ${run} could not begin: ${begun.refusal}.`);
    current = begun.record;
  }
  const { owner = "", epoch } = current;
  return { run, hop, owner, epoch, nowMs: BEGINS_MS + 10 * hop + 5, record: current };
}

function entryOf(record: RunRecord | undefined, hop: number): HistoryEntry {
  const entry = record?.history?.hops.find((each) => each.hop === hop);
  if (!entry) throw new Error(`Hop ${hop} is not in the history.`);
  return entry;
}

const REASON = { code: "MAX_COST", message: "It has cost about $25." };

/** Brings a run from its second hop to where it is to be rewound. */
const PLACES: Readonly<Record<string, (subject: Subject, mine: OwnerWrite) => Promise<unknown>>> = {
  "that runs": ({ store }, mine) => store.checkpoint({ ...mine, state: '{"value":"later"}', stats: STATS }),
  "whose hop failed": ({ store }, mine) => store.release({ ...mine, lastError: REASON }),
  "that was handed off": ({ store }, mine) => store.handOff({ ...mine, state: '{"value":"later"}', stats: STATS }),
  "that sleeps": ({ store }, mine) =>
    store.handOff({ ...mine, state: '{"value":"later"}', stats: STATS, wakeAtMs: BEGINS_MS + 86_400_000 }),
  "that is asked to stop": ({ store }, mine) => store.request(mine.run, "stop", BEGINS_MS + 50),
  ...Object.fromEntries(
    (["done", "failed", "stopped", "paused"] as const).map((phase) => [
      `that is ${phase}`,
      ({ store }: Subject, mine: OwnerWrite) =>
        store.finish({
          ...mine,
          phase,
          stats: STATS,
          ...(phase === "done" ? { result: '"all"' } : { reason: REASON }),
        }),
    ]),
  ),
};

/** The states that hops began with, and how runs begin again there. */
export const historyCases: readonly StoreCase[] = [
  historyCase("the first hop of a function with a history is its first entry", async (subject) => {
    const { store } = subject;
    const plain = await subject.begun("plain");
    checkEqual("the history where none is asked for", plain.record.history, undefined);
    const started = await subject.begun("started", { keepsHistory: true });
    checkEqual("the history of a run without a state", started.record.history, firstHistory(undefined));
    const brought = await subject.begun("brought", { keepsHistory: true, state: stateOf(0) });
    checkEqual("the history of a run that brought one", brought.record.history, firstHistory(stateOf(0)));
    const { record: _, ...mine } = brought;
    await store.checkpoint({ ...mine, state: '{"value":"later"}', stats: STATS });
    await store.release({ ...mine, nowMs: mine.nowMs + 1 });
    const again = await store.begin(subject.beginning(mine.run, { owner: "owner-b", keepsHistory: true }));
    checkEqual("the history of the second attempt", again.record?.history, firstHistory(stateOf(0)));
    const created = subject.runId("created");
    await store.create(subject.beginning(created));
    const begun = await store.begin(subject.beginning(created, { keepsHistory: true }));
    checkEqual("the history of a run that was created before", begun.record?.history, firstHistory(undefined));
  }),
  historyCase("a history is named by hand-offs, and stays where one says nothing of it", async (subject, history) => {
    const { record, ...mine } = await runAt(subject, history, "named", 2);
    const hops = [0, 1, 2].map((hop) => entryOf(record, hop));
    checkEqual("the history", record.history, { hops, slots: 3 });
    await subject.store.handOff({ ...mine, state: "{}", stats: STATS });
    checkFields("the record", await subject.store.get(mine.run), { hop: 3, history: record.history });
  }),
  historyCase("a state is read under its entry, and by no other", async (subject, history) => {
    const { run, record } = await runAt(subject, history, "kept", 2);
    for (const hop of [0, 1, 2]) {
      checkEqual(`the state of hop ${hop}`, await history.read(run, entryOf(record, hop)), stateOf(hop));
    }
    const entry = entryOf(record, 2);
    const others = [
      { ...entry, hop: 1 },
      { ...entry, epoch: entry.epoch + 1 },
      { hop: 0, epoch: 0 },
    ];
    for (const other of others) checkEqual("another entry", await history.read(run, other), undefined);
    checkEqual("that of another run", await history.read(subject.runId("other"), entry), undefined);
    const found: RunRecord[] = [];
    for await (const each of subject.store.list()) if (each.run === run) found.push(each);
    checkEqual("the records in the list", found, [await subject.store.get(run)]);
  }),
  historyCase("a slot is used again by later attempts, and by no earlier one", async (subject, history) => {
    const { run } = await runAt(subject, history, "again", 0);
    const request = { run, slot: 1, nowMs: BEGINS_MS };
    const keep = (hop: number, epoch: number, state: string) => history.keep({ ...request, hop, epoch, state });
    checkEqual("keep", await keep(1, 5, stateOf(1)), true);
    checkEqual("keep made again", await keep(1, 5, stateOf(1)), true);
    checkEqual("keep of a later attempt", await keep(9, 7, stateOf(9)), true);
    checkEqual("keep of an earlier attempt", await keep(1, 6, stateOf(1)), false);
    checkEqual("the state", await history.read(run, { hop: 9, slot: 1, epoch: 7 }), stateOf(9));
    checkEqual("the state before", await history.read(run, { hop: 1, slot: 1, epoch: 5 }), undefined);
  }),
  historyCase("states that are kept take no room of the record", async (subject, history) => {
    const { record: _, ...mine } = await subject.begun("large", { keepsHistory: true });
    const { run, epoch } = mine;
    const bytes = Math.min(250_000, Math.floor(0.6 * subject.store.maxBytes));
    const state = JSON.stringify({ value: "x".repeat(bytes) });
    for (const slot of [0, 1, 2]) await history.keep({ run, hop: slot + 1, slot, epoch, state, nowMs: BEGINS_MS });
    checkFields("handOff", await subject.store.handOff({ ...mine, state, stats: STATS }), { ok: true });
    for (const slot of [0, 1, 2])
      checkEqual("the state", await history.read(run, { hop: slot + 1, slot, epoch }), state);
  }),
  ...Object.entries(PLACES).map(([place, bring]) =>
    historyCase(`a run ${place} is rewound: it begins again as it was handed off`, async (subject, history) => {
      const { store } = subject;
      const { record: before, ...mine } = await runAt(subject, history, "rewound", 2);
      const { run } = mine;
      await bring(subject, mine);
      const late = await store.get(run);
      const nowMs = BEGINS_MS + 1_000;
      const entry = entryOf(before, 1);
      const rewinding = { run, entry, state: stateOf(1), nowMs, limits: { maxHops: 20 } };
      const rewound = await history.rewind(rewinding);
      const { event, target, tenantId, stateKey, startedAtMs } = before;
      const expected: RunRecord = {
        ...{
          run,
          hop: 1,
          attempt: 0,
          epoch: (late?.epoch ?? 0) + 1,
          failures: 0,
          phase: "handed-off",
          leaseUntilMs: 0,
        },
        ...{ heartbeatAtMs: nowMs, dueAtMs: nowMs, changedAtMs: nowMs, startedAtMs, target, event, state: stateOf(1) },
        ...(tenantId !== undefined && { tenantId }),
        ...(stateKey !== undefined && { stateKey }),
        ...(late?.phase === "sleeping" && { sleptMs: nowMs - late.changedAtMs }),
        stats: { ...STATS, stalledHops: 0 },
        history: { hops: [entryOf(before, 0), entry], slots: 3 },
        rewinds: 1,
        limits: { maxHops: 20 },
      };
      checkEqual("rewind", rewound, expected);
      checkEqual("the record", await store.get(run), expected);
      checkEqual("a rewind whose answer was lost", await history.rewind(rewinding), expected);
      checkEqual("the record", await store.get(run), expected);
      const { records } = await store.page({ status: "running", startedAfterMs: BEGINS_MS, limit: 1_000 });
      const isListed = records.some((each) => each.run === run);
      checkEqual("whether it is listed as running", isListed, true);
      const due = await store.postpone(run, { beforeMs: nowMs + 1, nowMs: nowMs + 1 });
      checkEqual("whether it is due", due !== undefined, true);
      const owner = { ...mine, nowMs: nowMs + 2 };
      const saved = { ...owner, state: "{}", stats: STATS };
      const writes = {
        renew: store.renew({ ...owner, leaseUntilMs: nowMs + LEASE_MS }),
        checkpoint: store.checkpoint(saved),
        handOff: store.handOff(saved),
        release: store.release(owner),
        finish: store.finish({ ...owner, phase: "done", stats: STATS }),
      };
      for (const [name, answer] of Object.entries(writes)) {
        checkFields(`the ${name} of the attempt before`, await answer, { ok: false });
      }
      const begin = (hop: number) =>
        store.begin(
          subject.beginning(run, { hop, owner: "owner-z", nowMs: nowMs + 3, leaseUntilMs: nowMs + LEASE_MS }),
        );
      checkFields("begin of the later hop", await begin(2), { ok: false, refusal: "older" });
      const begun = await begin(1);
      checkFields("begin of the hop", begun, { ok: true });
      checkFields("its record", begun.record, { hop: 1, attempt: 1, epoch: expected.epoch + 1, state: stateOf(1) });
    }),
  ),
  historyCase("a run is rewound to no hop that its record does not name", async (subject, history) => {
    const { store } = subject;
    const { record, ...mine } = await runAt(subject, history, "unnamed", 2);
    const { run } = mine;
    const nowMs = BEGINS_MS + 1_000;
    const entry = entryOf(record, 2);
    const rewind = (change: Partial<HistoryEntry>) =>
      history.rewind({ run, entry: { ...entry, ...change }, state: "{}", nowMs });
    checkEqual("another hop", await rewind({ hop: 3 }), undefined);
    checkEqual("a hop of another attempt", await rewind({ epoch: entry.epoch + 1 }), undefined);
    checkEqual("its record", await store.get(run), record);
    const first = entryOf(record, 0);
    checkFields("rewind to the first", await history.rewind({ run, entry: first, state: stateOf(0), nowMs }), {
      hop: 0,
    });
    checkEqual("a hop that was rewound past", await rewind({}), undefined);
    const absent = { run: subject.runId("absent"), entry: first, state: undefined, nowMs };
    checkEqual("rewind of no run", await history.rewind(absent), undefined);
    const plain = await subject.begun("plain");
    checkEqual("one without a history", await history.rewind({ ...absent, run: plain.run }), undefined);
  }),
  historyCase("a rewind to a hop without a state leaves none", async (subject, history) => {
    const { record, ...mine } = await subject.begun("stateless", { keepsHistory: true });
    const { run } = mine;
    await subject.store.checkpoint({ ...mine, state: '{"value":"later"}', stats: STATS });
    await history.rewind({ run, entry: entryOf(record, 0), state: undefined, nowMs: BEGINS_MS + 1_000 });
    checkFields("the record", await subject.store.get(run), { hop: 0, attempt: 0, state: undefined, rewinds: 1 });
  }),
  historyCase("of a run that tells its end, each rewound end is told anew", async (subject, history) => {
    const { record, ...mine } = await subject.begun("told", { keepsHistory: true, tellsEnd: true });
    const { run, epoch } = mine;
    await subject.store.finish({ ...mine, phase: "done", stats: STATS, tellsEnd: true });
    await history.rewind({ run, entry: entryOf(record, 0), state: undefined, nowMs: BEGINS_MS + 1_000 });
    checkEqual("told of the end before", await subject.store.told(run, epoch), false);
    checkFields("the record", await subject.store.get(run), { atEnd: "tell", phase: "handed-off" });
  }),
  historyCase("the history of a run that is deleted is gone", async (subject, history) => {
    const { record, ...mine } = await runAt(subject, history, "deleted", 2);
    const { run, hop, epoch } = mine;
    const { store } = subject;
    // Of an attempt that died before its hand-off.
    const unnamed = { hop: hop + 1, slot: 3, epoch };
    await history.keep({ run, ...unnamed, state: stateOf(3), nowMs: BEGINS_MS });
    await store.finish({ ...mine, phase: "done", stats: STATS });
    checkEqual("delete", await store.delete(run, BEGINS_MS + 1_000), true);
    for (const entry of [...[0, 1, 2].map((each) => entryOf(record, each)), unnamed]) {
      checkEqual(`the state of hop ${entry.hop}`, await history.read(run, entry), undefined);
    }
    const entry = entryOf(record, 1);
    checkEqual("rewind", await history.rewind({ run, entry, state: stateOf(1), nowMs: BEGINS_MS + 2_000 }), undefined);
    checkFields("the record", await store.get(run), { phase: "deleted", history: undefined });
  }),
];
