import { NO_STATS } from "../recursion/envelope.ts";
import { BACK_OFF_STEP_MS } from "../state/lease.ts";
import type { FinishWrite } from "../state/run-store.ts";
import { checkEqual, checkFields } from "./check.ts";
import type { StoreCase } from "./store-case.ts";
import { BEGINS_MS, LEASE_MS, STATS, type Subject, storeCase } from "./subject.ts";

const REASON = { code: "MAX_COST", message: "It has cost about $25." };

/** Whether the run is among those that are due. */
async function isListedAsDue({ store }: Subject, run: string, nowMs: number): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const page = await store.due({ beforeMs: nowMs, nowMs, cursor });
    if (page.runs.includes(run)) return true;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return false;
}

/** How hops and runs end, and go on. */
export const endCases: readonly StoreCase[] = [
  storeCase("a hand-off opens the next hop, and is recognised when it is made again", async (subject) => {
    const { record, ...mine } = await subject.begun("next");
    const { store } = subject;
    const write = { ...mine, state: '{"value":5}', stats: STATS };
    checkFields("handOff", await store.handOff(write), { ok: true });
    const expected = { hop: 1, phase: "handed-off", attempt: 0, failures: 0, leaseUntilMs: 0, dueAtMs: write.nowMs };
    const handedOff = await store.get(mine.run);
    checkFields("the record", handedOff, { ...expected, state: write.state, stats: STATS, epoch: record.epoch });
    checkFields("the second handOff", await store.handOff(write), { ok: true });
    checkEqual("the record after the second", await store.get(mine.run), handedOff);
    const next = await store.begin(subject.beginning(mine.run, { hop: 1, owner: "owner-b", event: "{}" }));
    const { event } = record;
    checkFields("the record of the next hop", next.record, { event, state: write.state, epoch: record.epoch + 1 });
  }),
  storeCase("a lease that is given back lets the same hop begin at once", async (subject) => {
    const { record, ...mine } = await subject.begun("released");
    const { store } = subject;
    const lastError = { code: "TypeError", message: "x is not a function", name: "TypeError" };
    checkFields("release", await store.release({ ...mine, lastError }), { ok: true });
    const { state, stats } = record;
    const expected = { phase: "handed-off", hop: 0, attempt: 1, failures: 1, leaseUntilMs: 0, lastError, state, stats };
    checkFields("the record", await store.get(mine.run), expected);
    const again = await store.begin(subject.beginning(mine.run, { owner: "owner-b" }));
    checkFields("the record of the next attempt", again.record, { attempt: 2, failures: 2, epoch: record.epoch + 1 });
  }),
  storeCase("a lease that is given back with a safe point keeps that", async (subject) => {
    const { record: _, ...mine } = await subject.begun("released");
    await subject.store.release({ ...mine, state: '{"value":7}', failures: 0, stats: STATS });
    checkFields("the record", await subject.store.get(mine.run), { state: '{"value":7}', failures: 0, stats: STATS });
  }),
  ...(["done", "failed", "stopped", "paused"] as const).map((phase) =>
    storeCase(`a run that is ${phase} begins no hop, is not due, and ends once`, async (subject) => {
      const { record: _, ...mine } = await subject.begun(phase);
      const { store } = subject;
      const end = phase === "done" ? { result: '"all"' } : { reason: REASON };
      const write: FinishWrite = { ...mine, phase, stats: STATS, state: '{"value":9}', ...end };
      checkFields("finish", await store.finish(write), { ok: true });
      const record = await store.get(mine.run);
      const expected = { phase, stats: STATS, state: '{"value":9}', changedAtMs: mine.nowMs, ...end };
      checkFields("the record", record, { ...expected, dueAtMs: undefined, owner: undefined });
      checkFields("the second finish", await store.finish(write), { ok: true });
      checkEqual("the record after the second", await store.get(mine.run), record);
      const begin = await store.begin(subject.beginning(mine.run, { owner: "owner-b" }));
      checkEqual("begin", begin, { ok: false, refusal: "over", record });
      const muchLaterMs = BEGINS_MS + 10 * 86_400_000;
      checkEqual("whether it is due", await isListedAsDue(subject, mine.run, muchLaterMs), false);
      checkEqual("a request to stop", await store.request(mine.run, "stop", BEGINS_MS + 50), false);
    }),
  ),
  storeCase("the end of a run drops its state if it is asked to", async (subject) => {
    const { record: _, ...mine } = await subject.begun("dropped", { state: '{"value":1}' });
    await subject.store.finish({ ...mine, phase: "done", stats: STATS, dropsState: true });
    checkFields("the record", await subject.store.get(mine.run), { phase: "done", state: undefined });
  }),
  storeCase("a run at rest is resumed from its last safe point, once, with other limits", async (subject) => {
    const { record, ...mine } = await subject.begun("resumed");
    const { store } = subject;
    const finish = { ...mine, phase: "stopped" as const, stats: { ...STATS, stalledHops: 2 }, reason: REASON };
    await store.finish({ ...finish, state: '{"value":3}' });
    const resumed = await Promise.all(
      Array.from({ length: 5 }, (_, i) => store.resume(mine.run, BEGINS_MS + 100 + i, { maxHops: 20 })),
    );
    checkEqual("how many resumed it", resumed.filter((each) => each !== undefined).length, 1);
    const expected = { phase: "handed-off", state: '{"value":3}', epoch: record.epoch + 1, failures: 0 };
    const limits = { limits: { maxHops: 20 }, stats: { ...STATS, stalledHops: 0 }, reason: undefined };
    checkFields("the record", await store.get(mine.run), { ...expected, ...limits });
    const { changedAtMs } = (await store.get(mine.run)) ?? {};
    const again = await store.resume(mine.run, changedAtMs ?? 0, { maxHops: 20 });
    checkFields("a resume whose answer was lost", again, { ...expected, ...limits });
    checkFields("begin", await store.begin(subject.beginning(mine.run, { owner: "owner-b" })), { ok: true });
  }),
  storeCase("a run that is done, under way, or unknown is not resumed", async (subject) => {
    const { record, ...mine } = await subject.begun("done");
    const { store } = subject;
    checkEqual("resume of a run under way", await store.resume(mine.run, BEGINS_MS + 5), undefined);
    checkEqual("its record", await store.get(mine.run), record);
    await store.finish({ ...mine, phase: "done", stats: STATS });
    checkEqual("resume of a run that is done", await store.resume(mine.run, BEGINS_MS + 5), undefined);
    checkEqual("resume of no run", await store.resume(subject.runId("absent"), BEGINS_MS + 5), undefined);
    checkEqual("a request to no run", await store.request(subject.runId("absent"), "stop", BEGINS_MS + 50), false);
  }),
  storeCase("a run at rest is deleted: its record is empty, begins nothing, and is in no list", async (subject) => {
    const { record, ...mine } = await subject.begun("deleted", { state: '{"value":1}', stateKey: "position" });
    const { store } = subject;
    checkEqual("delete of a run under way", await store.delete(mine.run, BEGINS_MS + 5), false);
    checkEqual("its record", await store.get(mine.run), record);
    await store.finish({ ...mine, phase: "failed", stats: STATS, reason: REASON, progress: { rows: 7 } });
    checkEqual("delete of a run at rest", await store.delete(mine.run, BEGINS_MS + 6), true);
    const empty = await store.get(mine.run);
    const { epoch, target, startedAtMs } = record;
    checkEqual("the record", empty, {
      ...{
        run: mine.run,
        hop: 0,
        attempt: 1,
        epoch,
        failures: 0,
        phase: "deleted",
        leaseUntilMs: 0,
        target,
        startedAtMs,
      },
      ...{ event: "{}", stats: NO_STATS, heartbeatAtMs: BEGINS_MS + 6, changedAtMs: BEGINS_MS + 6 },
    });
    checkEqual("the second delete", await store.delete(mine.run, BEGINS_MS + 7), true);
    checkEqual("create", await store.create(subject.beginning(mine.run)), false);
    const begin = await store.begin(subject.beginning(mine.run, { owner: "owner-b" }));
    checkEqual("begin", begin, { ok: false, refusal: "over", record: empty });
    checkEqual("resume", await store.resume(mine.run, BEGINS_MS + 8), undefined);
    checkEqual("a request to stop", await store.request(mine.run, "stop", BEGINS_MS + 50), false);
    checkEqual("whether it is due", await isListedAsDue(subject, mine.run, BEGINS_MS + 10 * 86_400_000), false);
    for (const status of ["failed", undefined] as const) {
      const { records } = await store.page({ status, startedAfterMs: BEGINS_MS, limit: 1_000 });
      checkEqual(
        "whether it is listed",
        records.some(({ run }) => run === mine.run),
        false,
      );
    }
    checkEqual("delete of no run", await store.delete(subject.runId("absent"), BEGINS_MS + 5), false);
  }),
  storeCase(
    "a run that sleeps begins no hop before its time, is due then, and its sleep is counted",
    async (subject) => {
      const { record, ...mine } = await subject.begun("asleep", { pinned: "7" });
      const { store } = subject;
      const wakeAtMs = BEGINS_MS + 86_400_000;
      const write = { ...mine, state: '{"value":5}', stats: STATS, wakeAtMs };
      checkFields("handOff", await store.handOff(write), { ok: true });
      const asleep = await store.get(mine.run);
      checkFields("the record", asleep, {
        ...{ hop: 1, phase: "sleeping", attempt: 0, wakeAtMs, dueAtMs: wakeAtMs, changedAtMs: write.nowMs },
        ...{ state: write.state, owner: undefined, leaseUntilMs: 0 },
      });
      checkFields("the second handOff", await store.handOff(write), { ok: true });
      const early = subject.beginning(mine.run, { hop: 1, owner: "owner-b", nowMs: wakeAtMs - 1 });
      const refused = { ok: false, refusal: "sleeping", record: asleep };
      checkEqual("begin before its time", await store.begin(early), refused);
      checkEqual(
        "begin of the hop before",
        await store.begin(subject.beginning(mine.run, { owner: "owner-b" })),
        refused,
      );
      checkEqual("resume", await store.resume(mine.run, BEGINS_MS + 5), undefined);
      checkEqual("delete", await store.delete(mine.run, BEGINS_MS + 5), false);
      const { records } = await store.page({ status: "sleeping", startedAfterMs: BEGINS_MS, limit: 1_000 });
      checkEqual(
        "whether it is listed",
        records.some(({ run }) => run === mine.run),
        true,
      );
      checkEqual("due at its time", await isListedAsDue(subject, mine.run, wakeAtMs), false);
      checkEqual("due after its time", await isListedAsDue(subject, mine.run, wakeAtMs + 1), true);
      const late = { ...early, nowMs: wakeAtMs + 10, leaseUntilMs: wakeAtMs + LEASE_MS };
      await store.postpone(mine.run, { beforeMs: wakeAtMs + 5, nowMs: wakeAtMs + 5 });
      const answers = await Promise.all(["b", "c", "d"].map((owner) => store.begin({ ...late, owner })));
      const begun = answers.filter(({ ok }) => ok);
      checkEqual("how many began", begun.length, 1);
      checkFields("the record of the next hop", begun[0]?.record, {
        ...{ phase: "running", hop: 1, attempt: 1, epoch: record.epoch + 1, failures: 1, pinned: "7" },
        ...{ wakeAtMs: undefined, backOffMs: undefined, sleptMs: late.nowMs - write.nowMs, changedAtMs: late.nowMs },
      });
      const { owner = "" } = begun[0]?.record ?? {};
      checkEqual("a begin whose answer was lost", await store.begin({ ...late, owner }), begun[0]);
    },
  ),
  ...(["stop", "pause"] as const).map((requested) =>
    storeCase(
      `a run that sleeps does what it is asked (${requested}) at once, and sleeps on when resumed`,
      async (subject) => {
        const { record, ...mine } = await subject.begun("asleep");
        const { store } = subject;
        const wakeAtMs = BEGINS_MS + 3_600_000;
        await store.handOff({ ...mine, state: "{}", stats: STATS, wakeAtMs });
        checkEqual("taking back what nobody asked for", await store.request(mine.run, undefined, BEGINS_MS + 9), true);
        const askedMs = BEGINS_MS + 1_000;
        const answers = [
          await store.request(mine.run, requested, askedMs),
          await store.request(mine.run, requested, askedMs),
        ];
        checkEqual("the request, and its repetition", answers, [true, true]);
        const rested = await store.get(mine.run);
        const phase = requested === "stop" ? "stopped" : "paused";
        const code = requested === "stop" ? "STOP_REQUESTED" : "PAUSE_REQUESTED";
        const sleptMs = askedMs - mine.nowMs;
        checkFields("the record", rested, { phase, wakeAtMs, sleptMs, dueAtMs: undefined, changedAtMs: askedMs });
        checkEqual("its reason", rested?.reason?.code, code);
        checkEqual("whether it is due", await isListedAsDue(subject, mine.run, wakeAtMs + 1), false);
        const begin = subject.beginning(mine.run, { hop: 1, owner: "owner-b", nowMs: wakeAtMs });
        checkEqual("begin", await store.begin(begin), { ok: false, refusal: "over", record: rested });
        const resumed = { phase: "sleeping", wakeAtMs, dueAtMs: wakeAtMs, epoch: record.epoch + 1, reason: undefined };
        checkFields("resume before its time", await store.resume(mine.run, BEGINS_MS + 2_000), resumed);
        checkFields("begin before its time", await store.begin({ ...begin, nowMs: wakeAtMs - 1 }), { ok: false });
        await store.request(mine.run, requested, BEGINS_MS + 3_000);
        const atOnce = { phase: "handed-off", wakeAtMs: undefined, dueAtMs: wakeAtMs, sleptMs: sleptMs + 1_000 };
        checkFields("resume at its time", await store.resume(mine.run, wakeAtMs), atOnce);
        checkFields("begin", await store.begin(begin), { ok: true });
      },
    ),
  ),
  ...(["stop", "pause"] as const).map((requested) =>
    storeCase(`a run that was asked to ${requested} does it as its hop puts it to sleep`, async (subject) => {
      const { record, ...mine } = await subject.begun("asked-before-sleep");
      const { store } = subject;
      const wakeAtMs = BEGINS_MS + 3_600_000;
      await store.request(mine.run, requested, BEGINS_MS + 50);
      const write = { ...mine, state: '{"v":1}', stats: STATS, wakeAtMs };
      const answers = [await store.handOff(write), await store.handOff(write)];
      checkEqual("handOff, and its repetition", answers, Array(2).fill({ ok: true, requested: undefined }));
      const phase = requested === "stop" ? "stopped" : "paused";
      checkFields("the record", await store.get(mine.run), {
        ...{ phase, hop: 1, state: '{"v":1}', owner: undefined, requested: undefined, changedAtMs: mine.nowMs },
        ...{ wakeAtMs, dueAtMs: undefined, epoch: record.epoch },
      });
      checkEqual("whether it is due", await isListedAsDue(subject, mine.run, wakeAtMs + 1), false);
      const resumed = { phase: "sleeping", wakeAtMs, dueAtMs: wakeAtMs, requested: undefined, reason: undefined };
      checkFields("resume before its time", await store.resume(mine.run, BEGINS_MS + 2_000), resumed);
    }),
  ),
  storeCase("a run whose function wants to be told of its end is due until it was told", async (subject) => {
    const { record, ...mine } = await subject.begun("told", { tellsEnd: true });
    const { store } = subject;
    checkFields("the record of begin", record, { atEnd: "tell" });
    checkEqual("told before the end", await store.told(mine.run, mine.epoch), false);
    await store.finish({ ...mine, phase: "failed", stats: STATS, reason: REASON, tellsEnd: true });
    checkFields("the record", await store.get(mine.run), { phase: "failed", atEnd: "telling", dueAtMs: mine.nowMs });
    checkEqual("due", await isListedAsDue(subject, mine.run, mine.nowMs + 1), true);
    checkEqual("told of another end", await store.told(mine.run, mine.epoch + 1), false);
    const query = { beforeMs: mine.nowMs + 1, nowMs: mine.nowMs + 1 };
    checkFields("postpone", await store.postpone(mine.run, query), { phase: "failed", atEnd: "telling" });
    checkEqual("told", [await store.told(mine.run, mine.epoch), await store.told(mine.run, mine.epoch)], [true, true]);
    checkFields("the record", await store.get(mine.run), { atEnd: "told", dueAtMs: undefined, backOffMs: undefined });
    checkEqual("due after it was told", await isListedAsDue(subject, mine.run, BEGINS_MS + 86_400_000), false);
    await store.resume(mine.run, BEGINS_MS + 100);
    checkFields("the record of a run that was resumed", await store.get(mine.run), {
      atEnd: "tell",
      phase: "handed-off",
    });
    const again = subject.beginning(mine.run, { owner: "owner-b", nowMs: BEGINS_MS + 101, tellsEnd: true });
    const { record: next } = await store.begin(again);
    const wakeAtMs = BEGINS_MS + 3_600_000;
    const asleep = {
      run: mine.run,
      hop: 0,
      owner: "owner-b",
      epoch: next?.epoch ?? 0,
      nowMs: BEGINS_MS + 102,
      wakeAtMs,
    };
    await store.handOff({ ...asleep, state: "{}", stats: STATS });
    await store.request(mine.run, "stop", BEGINS_MS + 200);
    checkFields("the record of a sleeper that was stopped", await store.get(mine.run), {
      ...{ phase: "stopped", atEnd: "telling", dueAtMs: BEGINS_MS + 200 },
    });
    checkEqual("due", await isListedAsDue(subject, mine.run, BEGINS_MS + 201), true);
    checkEqual("told", await store.told(mine.run, asleep.epoch), true);
  }),
  storeCase("a run is due once it was made or its lease is over, and not before", async (subject) => {
    const created = subject.runId("created");
    await subject.store.create(subject.beginning(created));
    checkEqual("due when it was made", await isListedAsDue(subject, created, BEGINS_MS + 1), true);
    const { run } = await subject.begun("running");
    checkEqual("due within the lease", await isListedAsDue(subject, run, BEGINS_MS + LEASE_MS), false);
    checkEqual("due after the lease", await isListedAsDue(subject, run, BEGINS_MS + LEASE_MS + 1), true);
  }),
  storeCase("of five sweeps one confirms that a run is due; each time it is put off for longer", async (subject) => {
    const run = subject.runId("swept");
    const { store } = subject;
    await store.create(subject.beginning(run));
    let nowMs = BEGINS_MS + 60_000;
    for (const putOffMs of [0, BACK_OFF_STEP_MS, 2 * BACK_OFF_STEP_MS]) {
      const query = { beforeMs: nowMs, nowMs };
      const confirmed = await Promise.all(Array.from({ length: 5 }, () => store.postpone(run, query)));
      checkEqual("how many confirmed it", confirmed.filter((each) => each !== undefined).length, 1);
      checkEqual("when it is due again", (await store.get(run))?.dueAtMs, nowMs + putOffMs);
      nowMs += putOffMs + 1;
    }
    const { record } = await store.begin(subject.beginning(run, { nowMs }));
    checkFields("the record once a hop has begun", record, { backOffMs: undefined, phase: "running" });
  }),
  storeCase("a request to stop does not hide a run from the sweeps", async (subject) => {
    const run = subject.runId("asked");
    await subject.store.create(subject.beginning(run));
    await subject.store.request(run, "stop", BEGINS_MS + 50);
    checkEqual("due", await isListedAsDue(subject, run, BEGINS_MS + 1), true);
  }),
];
