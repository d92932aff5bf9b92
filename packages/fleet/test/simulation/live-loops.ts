import { isRunning, type TokenRow } from "../../src/tokens/token-row.ts";
import type { MemoryTokenTable } from "../memory-token-table.ts";
import type { Invocation } from "./simulated-lambda.ts";
import type { World } from "./world.ts";

interface Live {
  /** The row as the invocation wrote it when it began. */
  readonly row: TokenRow;
  /** Since when its row has been another's, ended or gone. */
  overrunSinceMs: number | undefined;
}

/**
 * Who runs a loop: from the begin of a hop to its hand-off or its end. Looks at each begin whether the loops are those of
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

  /** A hop has begun: `before` is the row that its write replaced. */
  began(invocation: Invocation, row: TokenRow, before: TokenRow | undefined): void {
    // The begin of one that died before it heard of it.
    if (invocation.hasEnded) return;
    for (const [other, live] of this.#live) {
      const isOfLoop = live.row.loopId === row.loopId && live.row.record.owner !== row.record.owner;
      // One that has lost its lease by its own clock knows that another may begin.
      const leaseUntilMs = before?.record.owner === live.row.record.owner ? (before?.record.leaseUntilMs ?? 0) : 0;
      const isSure = this.#world.time.nowMs + other.process.skewMs < leaseUntilMs;
      if (isOfLoop && isSure)
        this.faults.push(`${row.loopId} runs twice: hops ${live.row.record.hop}, ${row.record.hop}`);
    }
    this.#live.set(invocation, { row, overrunSinceMs: undefined });
    const tokens = this.#table.running(row.queueUrl).length;
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
      const { queueUrl, token, loopId, record } = live.row;
      const now = this.#table.tokens.get(`${queueUrl} ${token}`);
      const isOwn =
        now !== undefined &&
        isRunning(now) &&
        now.loopId === loopId &&
        (now.record.owner ?? now.record.lastOwner) === record.owner;
      if (!isOwn) live.overrunSinceMs ??= this.#world.time.nowMs;
    }
  }
}
