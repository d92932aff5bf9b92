import type { LoopPlace } from "../../src/tokens/token-row.ts";
import type { MemoryTokenTable } from "../memory-token-table.ts";
import type { Invocation } from "./simulated-lambda.ts";
import type { World } from "./world.ts";

interface Live {
  readonly place: LoopPlace;
  /** Since when its row has been another loop's, ended or gone. */
  overrunSinceMs: number | undefined;
}

/**
 * Who runs a loop: from the claim of a hop to its hand-off or its end. Looks at each claim whether the loops are those of
 * the tokens; whatever is not is written down as a fault.
 */
export class LiveLoops {
  readonly faults: string[] = [];
  /** The longest time a loop went on whose row was no longer its own. */
  longestOverrunMs = 0;
  overruns = 0;
  readonly #world: World;
  readonly #table: MemoryTokenTable;
  readonly #live = new Map<Invocation, Live>();

  constructor(world: World, table: MemoryTokenTable) {
    this.#world = world;
    this.#table = table;
  }

  /** Loops that run in the row that is theirs. */
  get owning(): number {
    this.#look();
    return [...this.#live.values()].filter(({ overrunSinceMs }) => overrunSinceMs === undefined).length;
  }

  get all(): number {
    return this.#live.size;
  }

  began(invocation: Invocation, place: LoopPlace): void {
    this.#look();
    // The claim of one that died before it heard of it.
    if (invocation.hasEnded) return;
    for (const { place: other } of this.#live.values()) {
      if (other.loopId === place.loopId && other.owner !== place.owner) {
        this.faults.push(`${place.loopId} runs twice: hop ${other.hop} and hop ${place.hop}`);
      }
    }
    this.#live.set(invocation, { place, overrunSinceMs: undefined });
    const tokens = this.#table.running(place.queueUrl).length;
    if (this.owning > tokens) this.faults.push(`${this.owning} loops, ${tokens} tokens`);
  }

  handedOff(invocation: Invocation): void {
    this.ended(invocation);
  }

  ended(invocation: Invocation): void {
    this.#look();
    const live = this.#live.get(invocation);
    if (live?.overrunSinceMs !== undefined) {
      this.overruns++;
      this.longestOverrunMs = Math.max(this.longestOverrunMs, this.#world.time.nowMs - live.overrunSinceMs);
    }
    this.#live.delete(invocation);
  }

  /** Notes which loops have lost their rows since the last look. */
  #look(): void {
    for (const live of this.#live.values()) {
      const row = this.#table.tokens.get(`${live.place.queueUrl} ${live.place.token}`);
      const isOwn = row?.state === "running" && row.loopId === live.place.loopId;
      if (!isOwn) live.overrunSinceMs ??= this.#world.time.nowMs;
    }
  }
}
