import { LonghaulError } from "@longhaul/core";
import type { FleetRow } from "../size/fleet-row.ts";
import type { TokenKey, TokenRow } from "./token-row.ts";

/** All rows of one queue. */
export interface QueueRows {
  readonly fleet: FleetRow | undefined;
  readonly tokens: readonly TokenRow[];
}

/** The row as it was written; or, if it was not, as it is. */
export type PutAnswer<Row> =
  | { readonly ok: true; readonly row: Row }
  | { readonly ok: false; readonly row: Row | undefined };

/**
 * The table of tokens. A row is written only if it still is as it was read. A rejection (network, throttling) is no
 * refusal: the write may or may not have been made.
 */
export interface TokenTable {
  /** Reads a row, consistently. */
  get(key: TokenKey, signal?: AbortSignal): Promise<TokenRow | undefined>;
  /** Writes a row if the one in the table has the same `rev`: by one conditional write, which gives it another. */
  put(row: TokenRow, signal?: AbortSignal): Promise<PutAnswer<TokenRow>>;
  /** Reads the rows of one queue, consistently. */
  ofQueue(queueUrl: string): Promise<QueueRows>;
  /** Reads every row of the table, page by page, consistently. */
  pages(): AsyncIterable<readonly (TokenRow | FleetRow)[]>;
  /** Writes what a queue's fleet should be, if it still is as it was read; answers whether it was written. */
  putFleet(row: FleetRow): Promise<boolean>;
}

/** A row that others keep changing. */
export class FleetBusyError extends LonghaulError {
  constructor(what: string) {
    super("FLEET_BUSY", `${what} changes faster than it can be written. Try again.`);
  }
}

/** Writes of others between which a change is tried again. */
const MAX_TRIES = 10;

/**
 * Changes a row; tries again while others change it. `change` answers `undefined` to refuse, and the same row if there is
 * nothing to write.
 *
 * @param known - the row as it was read or written last; an old one costs a further try
 * @returns what was written, or `undefined`; and the row as it is
 */
export async function changeRow(
  table: Pick<TokenTable, "get" | "put">,
  key: TokenKey,
  change: (row: TokenRow | undefined) => TokenRow | undefined,
  { known, signal }: { readonly known?: TokenRow | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<{ readonly changed: TokenRow | undefined; readonly row: TokenRow | undefined }> {
  let row = known ?? (await table.get(key, signal));
  let isFresh = known === undefined;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const next = change(row);
    if (next !== undefined && next === row) return { changed: row, row };
    if (next !== undefined) {
      const answer = await table.put(next, signal);
      if (answer.ok) return { changed: answer.row, row: answer.row };
      row = answer.row;
    } else if (isFresh) return { changed: undefined, row };
    else row = await table.get(key, signal);
    isFresh = true;
  }
  throw new FleetBusyError(`The token ${key.token} of ${key.queueUrl}`);
}
