import type { SimulatedInvocation } from "./container.ts";

/** A call of one of the user's functions that has not ended: a step of the work, `start`, a spill's `put`. */
export interface UserCall {
  /** For messages, e.g. `step 3 of the work`. */
  readonly what: string;
  readonly invocation: SimulatedInvocation;
  /** Virtual time passes although it waits for nothing that the simulation knows. */
  isLeftAlone: boolean;
}

/** The calls of the user's functions that are under way. */
export class UserCalls {
  readonly #open = new Set<UserCall>();
  /** Called when a call ends during which virtual time passed although it seemed to wait for something else. */
  onEndAfterAll: () => void = () => {};

  begin(what: string, invocation: SimulatedInvocation): UserCall {
    const call: UserCall = { what, invocation, isLeftAlone: false };
    this.#open.add(call);
    return call;
  }

  end(call: UserCall): void {
    if (this.#open.delete(call) && call.isLeftAlone) this.onEndAfterAll();
  }

  /**
   * The first call that waits for nothing that the simulation knows. What the user's functions of one container have begun
   * may be waited for by any of them: a step waits for what an earlier step prefetched.
   */
  firstWaitingOutside(): UserCall | undefined {
    for (const call of this.#open) {
      const { container } = call.invocation;
      if (container.isGone) this.#open.delete(call);
      else if (container.userAwaits === 0 && !call.isLeftAlone && !container.isFrozen) return call;
    }
    return undefined;
  }
}
