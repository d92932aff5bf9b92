import type { FleetRow } from "../src/size/fleet-row.ts";
import { isRunning, type TokenKey, type TokenRow } from "../src/tokens/token-row.ts";
import type { PutAnswer, TokenTable } from "../src/tokens/token-table.ts";

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
  let revs = 0;
  function put<Row extends { readonly rev: string }>(rows: Map<string, Row>, name: string, row: Row): PutAnswer<Row> {
    const current = rows.get(name);
    if ((current?.rev ?? "") !== row.rev) return { ok: false, row: current };
    const written = { ...row, rev: `rev-${++revs}` };
    rows.set(name, written);
    return { ok: true, row: written };
  }
  return {
    tokens,
    fleets,
    running: (queueUrl) => ofQueue(queueUrl).filter(isRunning),
    get: async (key) => tokens.get(nameOf(key)),
    put: async (row) => put(tokens, nameOf(row), row),
    putFleet: async (row) => put(fleets, row.queueUrl, row).ok,
    ofQueue: async (queueUrl) => ({ fleet: fleets.get(queueUrl), tokens: ofQueue(queueUrl) }),
    async *pages() {
      const all = [...fleets.values(), ...tokens.values()];
      for (let at = 0; at < all.length; at += pageSize) yield all.slice(at, at + pageSize);
    },
  };
}
