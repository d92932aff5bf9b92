import { FencedError } from "./errors.ts";
import type { Progress } from "./observe/observer.ts";

/** Proof that a hop still owns its run; ask it before a write that must not happen twice. */
export interface Fence {
  /** `false` once the hop has ended or was taken over. */
  readonly isLive: boolean;
  /**
   * Grows with each hop of a run: use it in conditional writes to refuse an older hop. Two attempts of one hop have the
   * same: where Lambda does not kill at the timeout (Managed Instances), let such writes be idempotent.
   */
  readonly hop: number;
  /** @throws {@link FencedError} once the hop has ended or was taken over. */
  assert(): void;
}

/**
 * Makes a yielded state durable or complete just before it is saved or handed off, e.g. by uploading a buffer and noting
 * where. It may run while a stuck step still holds the generator, so it must use only what belongs to that state.
 */
export type PersistState<State> = (state: State, reason: "checkpoint" | "handoff") => State | Promise<State>;

/** One invocation of a run, from its first statement to its last; afterwards nothing it does counts. */
export class Hop<State> {
  readonly run: string;
  readonly number: number;
  /** Random id of this invocation. */
  readonly owner: string;
  /** The last safe point; `undefined` until there is one. */
  state: State | undefined;
  /** Safe points reached in this hop. */
  steps = 0;
  progress: Progress = {};
  persistState: PersistState<State> | undefined;
  /** Set by {@link end}. */
  hasEnded = false;

  constructor(run: string, number: number, owner: string) {
    this.run = run;
    this.number = number;
    this.owner = owner;
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
      hop: hop.number,
      assert() {
        if (hop.hasEnded) throw new FencedError(hop.run, hop.number);
      },
    };
  }
}
