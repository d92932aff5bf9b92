import type { RunStore } from "@longhaul/core";
import type { Host } from "@longhaul/core/parts";
import type { OwnerWrite, WriteAnswer } from "@longhaul/core/store";

/** The lease of a loop that runs in this process. */
export interface LoopLease {
  /** Aborted when the loop is to end: its row is gone, ended or another loop's. */
  readonly lost: AbortSignal;
  /** Time for which no other loop may take the place, in milliseconds; 0 or less when one may have. */
  readonly safeMs: number;
}

interface HeldLease {
  readonly owner: string;
  readonly lost: AbortController;
  untilMs: number;
}

/**
 * The leases of loops. A loop whose row is lost is told so here, and not by the store: it leaves its poll, completes the
 * messages it has, and ends by itself. `recursive()` would abort them.
 */
export class LoopLeases {
  /** The store for `recursive()`. */
  readonly store: RunStore;
  readonly #held = new Map<string, HeldLease>();
  readonly #host: Pick<Host, "now">;

  constructor(store: RunStore, host: Pick<Host, "now">) {
    this.#host = host;
    this.store = {
      ...store,
      begin: async (request, signal) => {
        const { run, owner, leaseUntilMs: untilMs } = request;
        const answer = await store.begin(request, signal);
        if (answer.ok) this.#held.set(run, { owner, untilMs, lost: new AbortController() });
        return answer;
      },
      renew: async (write, signal) => {
        const lease = this.#heldBy(write);
        // Once lost, nothing more is written.
        if (lease?.lost.signal.aborted) return TAKEN;
        const answer = await store.renew(write, signal);
        if (!lease) return answer;
        if (answer.ok) lease.untilMs = Math.max(lease.untilMs, write.leaseUntilMs);
        if (!answer.ok || answer.requested) lease.lost.abort();
        return TAKEN;
      },
      handOff: (write, signal) => this.#leave(write, store.handOff(write, signal)),
      release: (write, signal) => this.#leave(write, store.release(write, signal)),
      finish: (write, signal) => this.#leave(write, store.finish(write, signal)),
    };
  }

  /** The lease of a run that runs in this process. */
  of(run: string): LoopLease | undefined {
    const lease = this.#held.get(run);
    if (!lease) return undefined;
    const now = () => this.#host.now();
    return {
      lost: lease.lost.signal,
      get safeMs() {
        return lease.untilMs - now();
      },
    };
  }

  #heldBy({ run, owner }: OwnerWrite): HeldLease | undefined {
    const lease = this.#held.get(run);
    return lease?.owner === owner ? lease : undefined;
  }

  async #leave(write: OwnerWrite, written: Promise<WriteAnswer>): Promise<WriteAnswer> {
    const answer = await written;
    if (this.#heldBy(write)) this.#held.delete(write.run);
    return answer;
  }
}

const TAKEN: WriteAnswer = { ok: true, requested: undefined };
