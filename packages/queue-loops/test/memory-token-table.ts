import type { FleetRow } from "../src/fleet/fleet-row.ts";
import * as protocol from "../src/tokens/token-protocol.ts";
import { newRow, type TokenKey, type TokenRow } from "../src/tokens/token-row.ts";
import type { TokenTable } from "../src/tokens/token-table.ts";

/** A token table in memory, whose rows a test can look at. */
export interface MemoryTokenTable extends TokenTable {
  readonly tokens: Map<string, TokenRow>;
  readonly fleets: Map<string, FleetRow>;
  /** Tokens of a queue whose loops should run. */
  running(queueUrl: string): TokenRow[];
}

/** Makes a table whose every operation is atomic. */
export function memoryTokenTable(pageSize = 100): MemoryTokenTable {
  const tokens = new Map<string, TokenRow>();
  const fleets = new Map<string, FleetRow>();
  const nameOf = ({ queueUrl, token }: TokenKey) => `${queueUrl} ${token}`;
  const ofQueue = (queueUrl: string) => [...tokens.values()].filter((row) => row.queueUrl === queueUrl);
  const write = (key: TokenKey, change: (row: TokenRow | undefined) => protocol.TokenAnswer) => {
    const answer = change(tokens.get(nameOf(key)));
    if (answer.ok) tokens.set(nameOf(key), answer.row);
    return Promise.resolve(answer);
  };
  return {
    tokens,
    fleets,
    running: (queueUrl) => ofQueue(queueUrl).filter(({ state }) => state === "running"),
    claim: (place, nowMs) => write(place, (row) => protocol.claim(row, place, nowMs)),
    beat: (place, nowMs, stats) => write(place, (row) => protocol.beat(row, place, nowMs, stats)),
    reopen: (place) => write(place, (row) => protocol.reopen(row, place)),
    takeOver: (seen, loopId, nowMs) => write(seen, (row) => protocol.takeOver(row, seen, loopId, nowMs)),
    async add({ queueUrl, token }, loopId, nowMs) {
      const key = { queueUrl, token };
      const row = tokens.get(nameOf(key));
      if (row) return row.loopId === loopId;
      tokens.set(nameOf(key), newRow(key, loopId, nowMs));
      return true;
    },
    async end(key) {
      const row = tokens.get(nameOf(key));
      if (row?.state !== "running") return false;
      tokens.set(nameOf(key), { ...row, state: "ended" });
      return true;
    },
    get: async (key) => tokens.get(nameOf(key)),
    ofQueue: async (queueUrl) => ({ fleet: fleets.get(queueUrl), tokens: ofQueue(queueUrl) }),
    async *pages() {
      const all = [...fleets.values(), ...tokens.values()];
      for (let at = 0; at < all.length; at += pageSize) yield all.slice(at, at + pageSize);
    },
    async putFleet(row) {
      const current = fleets.get(row.queueUrl);
      if (current?.version === row.version && current.writer === row.writer) return true;
      if ((current?.version ?? 0) !== row.version - 1) return false;
      fleets.set(row.queueUrl, row);
      return true;
    },
  };
}
