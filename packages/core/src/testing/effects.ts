import type { Fence } from "../hop.ts";
import type { Container } from "./container.ts";
import { effectFate } from "./effect-fate.ts";
import { remoteCall } from "./remote-call.ts";
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
  /** The fence's token, if it was fenced and there is a store. */
  readonly fenceToken: number | undefined;
  readonly isAccepted: boolean;
}

/** Options of an effect. */
export interface EffectOptions {
  /** Of `ctx.run`: the write of a hop that has ended, or of an older attempt than the key has seen, is refused. */
  readonly fence?: Fence;
  /** Gives up waiting for the answer; what was asked for is done all the same. */
  readonly signal?: AbortSignal;
}

/** A store outside: the last write of a key wins; a fenced write of an older attempt than the key has seen is refused. */
export class Effects {
  readonly values = new Map<string, unknown>();
  readonly attempts: EffectAttempt[] = [];
  readonly #fences = new Map<string, number>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Resolves when the effect was confirmed; rejects if it failed, or was refused by its fence. */
  put(container: Container, key: string, value: unknown, options: EffectOptions): Promise<void> {
    const { fence, signal } = options;
    const world = this.#world;
    const invocation = world.invocation;
    const fenceToken = world.hasStore ? fence?.token : undefined;
    const askedAt = world.atMs;
    fence?.assert();
    const act = () => {
      const isAccepted = fenceToken === undefined || fenceToken >= (this.#fences.get(key) ?? 0);
      const { job, hop, id } = invocation ?? {};
      const attempt = { at: world.atMs, key, value, job, hop, invocation: id, container: container.id };
      this.attempts.push({ ...attempt, fenceToken, isAccepted });
      world.note(placeOf(invocation), { type: "effect", key, value, fenceToken, isAccepted, askedAt });
      if (!isAccepted) throw new Error(`the write of ${key} was refused: a newer attempt wrote it`);
      if (fenceToken !== undefined) this.#fences.set(key, fenceToken);
      this.values.set(key, value);
    };
    return remoteCall(world, container, `effect ${key}`, effectFate(world), act, signal);
  }
}
