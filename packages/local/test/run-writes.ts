import type { RunStore } from "@longhaul/core";
import type { BeginRequest, RunRecord, RunStats } from "@longhaul/core/store";

/** The statistics of a run, with every field. */
export const stats: RunStats = {
  steps: 3,
  usedMs: 1_200,
  costUsd: 0.0000015,
  stalledHops: 0,
  budget: { step: { mean: 1.5, dev: 0.125, peak: 3 } },
};
/** The statistics of a run that has not begun. */
export const noStats: RunStats = { steps: 0, usedMs: 0, costUsd: 0, stalledHops: 0 };
/** Why a run ended. */
export const reason = { code: "MAX_COST", message: "It has cost about $25." } as const;

/** Asks for the first hop of a run. */
export function beginning(run: string, change: Partial<BeginRequest> = {}): BeginRequest {
  const nowMs = 1_800_000_000_000;
  return {
    run,
    hop: 0,
    owner: "owner-a",
    nowMs,
    leaseUntilMs: nowMs + 10_000,
    skewMs: 1_000,
    startedAtMs: nowMs,
    target: "arn:aws:lambda:eu-central-1:000000000000:function:work:live",
    stateKey: "position",
    event: '{"file":"in/🚀.csv"}',
    ...change,
  };
}

/** The records of the runs whose ids begin with `run`, by id. */
export async function all(records: AsyncIterable<RunRecord>, run: string): Promise<RunRecord[]> {
  const found: RunRecord[] = [];
  for await (const record of records) if (record.run.startsWith(run)) found.push(record);
  return found.sort((a, b) => (a.run < b.run ? -1 : 1));
}

/** Ids of the runs that are due and begin with `run`, page by page. */
export async function dueRuns(
  store: RunStore,
  query: { readonly beforeMs: number; readonly nowMs: number },
  run: string,
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.due({ ...query, cursor });
    found.push(...page.runs.filter((id) => id.startsWith(run)));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found.sort();
}
