import type { Fence } from "../hop.ts";
import type { Container } from "./container.ts";
import { type CallFate, remoteCall } from "./remote-call.ts";
import { placeOf, type World } from "./world.ts";

/** One attempt at an external effect, accepted or not. */
export interface EffectAttempt {
  /** Virtual milliseconds since the simulation began. */
  readonly at: number;
  readonly key: string;
  readonly value: unknown;
  readonly job: number | undefined;
  /** The hop whose code asked for it. */
  readonly hop: number | undefined;
  readonly invocation: number | undefined;
  readonly container: number;
  /** The fence's hop, if it was fenced. */
  readonly fenceHop: number | undefined;
  readonly isAccepted: boolean;
}

/** A store outside: the last write of a key wins; a fenced write of an older hop than the key has seen is refused. */
export class Effects {
  readonly values = new Map<string, unknown>();
  readonly attempts: EffectAttempt[] = [];
  readonly #fences = new Map<string, number>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Resolves when the effect was confirmed; rejects if it failed, or was refused by its fence. */
  put(container: Container, key: string, value: unknown, fence: Fence | undefined): Promise<void> {
    const world = this.#world;
    const invocation = world.invocation;
    const fenceHop = fence?.hop;
    const askedAt = world.atMs;
    fence?.assert();
    return remoteCall(world, container, `effect ${key}`, this.#fate(), () => {
      const isAccepted = fenceHop === undefined || fenceHop >= (this.#fences.get(key) ?? 0);
      const { job, hop, id } = invocation ?? {};
      const attempt = { at: world.atMs, key, value, job, hop, invocation: id, container: container.id };
      this.attempts.push({ ...attempt, fenceHop, isAccepted });
      world.note(placeOf(invocation), { type: "effect", key, value, fenceHop, isAccepted, askedAt });
      if (!isAccepted) throw new Error(`the write of ${key} was refused: a newer hop wrote it`);
      if (fenceHop !== undefined) this.#fences.set(key, fenceHop);
      this.values.set(key, value);
    });
  }

  #fate(): CallFate {
    const wayMs = this.#world.random.between(this.#world.parts.latencies.effect);
    if (!this.#world.strikes("effectFails")) return { isDone: true, wayMs };
    const isDone = this.#world.random.chance(0.5);
    return { fault: "effectFails", isDone, error: new Error("the effect failed"), wayMs };
  }
}
