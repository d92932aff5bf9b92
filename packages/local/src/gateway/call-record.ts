import type { Principal } from "./service.ts";

/** How often one principal used one permission; what a least-privilege check compares with the granted policies. */
export interface RecordedCall {
  /** `undefined` for callers from outside. */
  readonly roleArn: string | undefined;
  readonly action: string;
  /** `*` where so many resources were touched that they are no longer told apart. */
  readonly resourceArn: string;
  readonly count: number;
}

/** Counts calls by (role, action, resource) within a bounded number of entries. */
export interface CallRecord {
  add(principal: Principal, action: string, resourceArn: string): void;
  list(): readonly RecordedCall[];
}

/** @param maxEntries - distinct (role, action, resource) triples kept; further resources are counted under `*`. */
export function createCallRecord(maxEntries = 10_000): CallRecord {
  type Entry = { roleArn: string | undefined; action: string; resourceArn: string; count: number };
  const entries = new Map<string, Entry>();
  return {
    add({ roleArn }, action, resourceArn) {
      const key = `${roleArn ?? ""}\n${action}\n${resourceArn}`;
      const known = entries.get(key);
      if (known) known.count += 1;
      else if (entries.size < maxEntries || resourceArn === "*")
        entries.set(key, { roleArn, action, resourceArn, count: 1 });
      else this.add({ accessKeyId: "", ...(roleArn === undefined ? {} : { roleArn }) }, action, "*");
    },
    list: () => [...entries.values()],
  };
}
