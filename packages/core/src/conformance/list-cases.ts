import type { RunStatus } from "../state/run-status.ts";
import type { PageQuery, RunRecord, RunStore } from "../state/run-store.ts";
import { checkEqual } from "./check.ts";
import type { StoreCase } from "./store-case.ts";
import { BEGINS_MS, STATS, storeCase } from "./subject.ts";

async function everyPage(store: RunStore, query: PageQuery): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.page({ ...query, cursor });
    records.push(...page.records);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return records;
}

/** How runs are listed. */
export const listCases: readonly StoreCase[] = [
  storeCase("runs are listed by status, page by page, each once, the latest change first", async (subject) => {
    const { store } = subject;
    const made = await Promise.all(
      Array.from({ length: 7 }, async (_, i) => {
        const { record: __, ...mine } = await subject.begun(`run-${i}`, {
          nowMs: BEGINS_MS - i,
          startedAtMs: BEGINS_MS - i,
        });
        // Two of them change at the same time.
        const nowMs = BEGINS_MS + 10 + Math.floor(i / 2);
        if (i < 5) await store.finish({ ...mine, nowMs, phase: i % 2 === 0 ? "done" : "stopped", stats: STATS });
        return mine.run;
      }),
    );
    const listed = async (status: RunStatus | undefined, startedAfterMs?: number) => {
      const records = await everyPage(store, { status, startedAfterMs, limit: 2 });
      const own = records.filter(({ run }) => made.includes(run));
      const times = own.map(({ changedAtMs }) => changedAtMs);
      if (status)
        checkEqual(
          "when they changed, page by page",
          times,
          times.toSorted((a, b) => b - a),
        );
      return own.map(({ run }) => made.indexOf(run)).sort();
    };
    checkEqual("those that are done", await listed("done"), [0, 2, 4]);
    checkEqual("those that were stopped", await listed("stopped"), [1, 3]);
    checkEqual("those under way", await listed("running"), [5, 6]);
    checkEqual("all", await listed(undefined), [0, 1, 2, 3, 4, 5, 6]);
    checkEqual("all that began since", await listed(undefined, BEGINS_MS - 3), [0, 1, 2, 3]);
    checkEqual("those that began since and are done", await listed("done", BEGINS_MS - 3), [0, 2]);
  }),
  storeCase("every record is read from the whole store", async (subject) => {
    const { run, record } = await subject.begun("listed");
    const found: RunRecord[] = [];
    for await (const each of subject.store.list()) if (each.run === run) found.push(each);
    checkEqual("the records of the run", found, [record]);
  }),
];
