import type { RunStore } from "../state/run-store.ts";

/** A store that a case tries. */
export interface StoreUnderTest {
  readonly store: RunStore;
  /**
   * The id of a run that the store can hold: another one for each name, and the same one for the same name. Needed by a store
   * whose ids have a shape, such as a queue and a token. Default: the name, with a prefix that is new for each case.
   */
  readonly runId?: ((name: string) => string) | undefined;
  /** Ends what was begun for the store. */
  readonly close?: (() => void | Promise<void>) | undefined;
}

/** Makes a store for one case. It may hold runs of other cases: none has the id of another. */
export type MakeStore = () => StoreUnderTest | Promise<StoreUnderTest>;

/** One promise of a store. */
export interface StoreCase {
  /** The promise, as a sentence. */
  readonly name: string;
  /** Rejects with a {@link StoreConformanceError} if the store does not keep the promise. */
  run(makeStore: MakeStore): Promise<void>;
}
