import { ConfigError, FencedError } from "./errors.ts";
import type { Progress } from "./observe/progress.ts";

/** Proof that an attempt still owns its run; ask it before a write that must not happen twice. */
export interface Fence {
  /** `false` once the hop has ended or was taken over. */
  readonly isLive: boolean;
  /**
   * Grows with each attempt of the run. Store it with what you write, and refuse in the same conditional write what has a
   * smaller one: that is the only sure way to keep out a step that outlives its invocation.
   *
   * @throws {@link ConfigError} without a RunStore, where nothing counts the attempts.
   *
   * @example
   * ```ts
   * await table.update({
   *   key: order,
   *   set: { status: "paid", token: run.fence.token },
   *   condition: "attribute_not_exists(token) OR token <= :token",
   * });
   * ```
   */
  readonly token: number;
  /** @throws {@link FencedError} once the hop has ended or was taken over. */
  assert(): void;
}

/**
 * Makes a yielded state durable or complete just before it is saved or handed off, e.g. by uploading a buffer and noting
 * where. It may run while a stuck step still holds the generator, so it must use only what belongs to that state.
 */
export type PersistState<State> = (state: State, reason: "checkpoint" | "handoff") => State | Promise<State>;

/**
 * Told of each state that the store now holds, and without one of the end of the run: then what older states refer to may be
 * deleted. It is awaited; what takes long belongs beside the work.
 */
export type OnSaved<State> = (saved: State | undefined) => void | Promise<void>;

/** The name of a hop, and of the invocation that is to run it. */
export interface HopId {
  readonly run: string;
  readonly number: number;
  /** Random id of this invocation. */
  readonly owner: string;
}

/** One invocation of a run, once it may work; after its end nothing it does counts. */
export class Hop<State> implements HopId {
  readonly run: string;
  readonly number: number;
  readonly owner: string;
  /** The record's epoch of this attempt; `undefined` without a store. */
  readonly token: number | undefined;
  /** The last safe point; `undefined` until there is one. */
  state: State | undefined;
  /** Safe points reached in this hop. */
  steps = 0;
  progress: Progress = {};
  persistState: PersistState<State> | undefined;
  onSaved: OnSaved<State> | undefined;
  /** Whether the next safe point is to be saved at once. */
  isSaveAsked = false;
  /** Set by {@link end}. */
  hasEnded = false;

  constructor({ run, number, owner }: HopId, token: number | undefined) {
    this.run = run;
    this.number = number;
    this.owner = owner;
    this.token = token;
  }

  /** From here on the hop is a ghost: its fence refuses, its safe points are not taken. */
  end(): void {
    this.hasEnded = true;
  }

  /** The last safe point, made ready to be saved. */
  async durableState(reason: "checkpoint" | "handoff"): Promise<State | undefined> {
    if (this.state === undefined || !this.persistState) return this.state;
    return this.persistState(this.state, reason);
  }

  get fence(): Fence {
    const hop = this;
    return {
      get isLive() {
        return !hop.hasEnded;
      },
      get token() {
        if (hop.token !== undefined) return hop.token;
        throw new ConfigError("run.fence.token needs a RunStore: without one nothing counts the attempts of a run.");
      },
      assert() {
        if (hop.hasEnded) throw new FencedError(hop.run, hop.number);
      },
    };
  }
}
