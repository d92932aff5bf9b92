import type { FleetRow } from "../fleet/fleet-row.ts";
import type { SeenLoop, TokenAnswer } from "./token-protocol.ts";
import type { LoopPlace, TokenKey, TokenRow } from "./token-row.ts";

/** All rows of one queue. */
export interface QueueRows {
  readonly fleet: FleetRow | undefined;
  readonly tokens: readonly TokenRow[];
}

/**
 * The table of tokens. Each write is one conditional write whose refusal answers with the row as it is. A rejection
 * (network, throttling) is no refusal: the write may or may not have been made.
 */
export interface TokenTable {
  claim(place: LoopPlace, nowMs: number): Promise<TokenAnswer>;
  beat(place: LoopPlace, nowMs: number, stats?: string): Promise<TokenAnswer>;
  reopen(place: LoopPlace): Promise<TokenAnswer>;
  takeOver(seen: SeenLoop, loopId: string, nowMs: number): Promise<TokenAnswer>;
  /** Adds a token if there is none of that name; answers whether the loop is the one to start. */
  add(key: TokenKey, loopId: string, nowMs: number): Promise<boolean>;
  /** Asks the token's loop to end; answers whether it was running. */
  end(key: TokenKey, nowMs: number): Promise<boolean>;
  get(key: TokenKey): Promise<TokenRow | undefined>;
  /** The rows of one queue, read consistently. */
  ofQueue(queueUrl: string): Promise<QueueRows>;
  /** Every row of the table, page by page, read consistently. */
  pages(): AsyncIterable<readonly (TokenRow | FleetRow)[]>;
  /** Writes what a queue's fleet should be, if it still is what was read (`version` one less, or none). */
  putFleet(row: FleetRow): Promise<boolean>;
}
