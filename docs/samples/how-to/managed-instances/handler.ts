import type { RecursiveHandler, RunContext, RunStore, recursive } from "@longhaul/core";

/** The parts that differ between the deployed function and the simulated one. */
export interface Parts {
  readonly recursive: typeof recursive;
  /** `dynamodbRunStore()` in the deployed function. */
  readonly store: RunStore | undefined;
  /** Writes to an index that refuses an older token than it has seen: `fence.token`. */
  addToIndex(
    document: string,
    options: { readonly signal: AbortSignal; readonly fence: RunContext<object>["run"]["fence"] },
  ): Promise<void>;
}

/** Indexes the documents of an event. */
export function indexDocuments({
  recursive,
  store,
  addToIndex,
}: Parts): RecursiveHandler<{ documents: string[] }, number> {
  // #region handler
  const handler = recursive({
    store,
    time: { stepTimeoutMs: 30_000 },
    start: (_event: { documents: string[] }) => ({ next: 0 }),
    async *run({ next }, { event, run, signal }) {
      // What belongs to a run is made here: runs share the variables of the module.
      for (; next < event.documents.length; next++) {
        const document = event.documents[next] ?? "";
        await addToIndex(document, { signal, fence: run.fence });
        yield { next: next + 1 };
      }
      return next;
    },
  });
  // #endregion handler
  return handler;
}
