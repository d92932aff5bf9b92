import type { BeginRequest, OwnerWrite, RunRecord, RunStore } from "../state/run-store.ts";
import type { MakeStore, StoreCase } from "./store-case.ts";

/** 2027-01-15: when the runs of the suite begin. */
export const BEGINS_MS = 1_800_000_000_000;
/** How long a lease of the suite lasts, in milliseconds. */
export const LEASE_MS = 10_000;
/** How far clocks may differ, in milliseconds. */
export const SKEW_MS = 1_000;

/** The usage of a run, with every field. */
export const STATS = {
  steps: 3,
  usedMs: 1_200,
  costUsd: 0.0000015,
  stalledHops: 0,
  budget: { step: { mean: 1.5, dev: 0.125, peak: 3 } },
};

let cases = 0;

/** A store with what the cases ask of it. */
export class Subject {
  readonly store: RunStore;
  readonly #runId: (name: string) => string;

  constructor(store: RunStore, runId: ((name: string) => string) | undefined) {
    this.store = store;
    const prefix = `conformance-${++cases}-${Date.now().toString(36)}`;
    this.#runId = runId ?? ((name) => `${prefix}-${name}`);
  }

  runId(name: string): string {
    return this.#runId(name);
  }

  /** Asks to begin the first hop of a run. */
  beginning(run: string, change: Partial<BeginRequest> = {}): BeginRequest {
    return {
      run,
      hop: 0,
      owner: "owner-a",
      nowMs: BEGINS_MS,
      leaseUntilMs: BEGINS_MS + LEASE_MS,
      skewMs: SKEW_MS,
      startedAtMs: BEGINS_MS,
      target: "arn:aws:lambda:eu-central-1:000000000000:function:work:live",
      event: '{"file":"in/🚀.csv"}',
      ...change,
    };
  }

  /** Makes a run whose first hop may begin, where the store does not make it by itself. */
  async made(name: string, change: Partial<BeginRequest> = {}): Promise<string> {
    const run = this.runId(name);
    if (this.store.mustExist) await this.store.create(this.beginning(run, change));
    return run;
  }

  /** Makes a run whose first hop holds the lease; answers with the first write that its owner may make. */
  async begun(name: string, change: Partial<BeginRequest> = {}): Promise<OwnerWrite & { readonly record: RunRecord }> {
    const run = await this.made(name, change);
    const answer = await this.store.begin(this.beginning(run, change));
    if (!answer.ok) throw new Error(`The first hop of run ${run} could not begin: ${answer.refusal}.`);
    const { record } = answer;
    return { run, hop: 0, owner: "owner-a", epoch: record.epoch, nowMs: BEGINS_MS + 1, record };
  }
}

/** A case that gets its store as a {@link Subject}. */
export function storeCase(name: string, check: (subject: Subject) => Promise<void>): StoreCase {
  return {
    name,
    async run(makeStore: MakeStore) {
      const { store, runId, close } = await makeStore();
      try {
        await check(new Subject(store, runId));
      } finally {
        await close?.();
      }
    },
  };
}
