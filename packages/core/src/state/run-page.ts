import { statusOf } from "./run-status.ts";
import type { PageQuery, RunPage, RunRecord } from "./run-store.ts";

/** The place of a run in a list: the latest change first, by id where two changed at the same time. */
export interface ListPlace {
  readonly changedAtMs: number;
  readonly run: string;
}

/** Orders a list; negative if `one` comes first. */
export function compareInList(one: ListPlace, other: ListPlace): number {
  return other.changedAtMs - one.changedAtMs || (one.run < other.run ? 1 : one.run > other.run ? -1 : 0);
}

/** Whether a record is one that a query asks for. */
export function isAskedFor(record: RunRecord, { status, startedAfterMs = 0 }: PageQuery): boolean {
  const own = statusOf(record.phase);
  return own !== undefined && (status === undefined || own === status) && record.startedAtMs >= startedAfterMs;
}

/** A page of records that are all at hand. */
export function pageOf(records: Iterable<RunRecord>, query: PageQuery): RunPage {
  const after = query.cursor === undefined ? undefined : (JSON.parse(query.cursor) as ListPlace);
  const sorted = [...records]
    .filter((record) => isAskedFor(record, query) && (!after || compareInList(after, record) < 0))
    .sort(compareInList);
  const page = sorted.slice(0, query.limit);
  const last = page.at(-1);
  if (!last || page.length === sorted.length) return { records: page };
  const { changedAtMs, run } = last;
  return { records: page, cursor: JSON.stringify({ changedAtMs, run } satisfies ListPlace) };
}
