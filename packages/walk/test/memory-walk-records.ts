import type { Hint } from "../src/runs/learned-partition.ts";
import { childrenOf, FIRST_PART, type LogEntry } from "../src/runs/part-log.ts";
import type { WalkRecord, WalkRecords } from "../src/runs/walk-records.ts";

/** Records of walks in memory: what they promise, in the fewest words. */
export class MemoryWalkRecords implements WalkRecords {
  readonly walks = new Map<string, WalkRecord>();
  readonly logs = new Map<string, LogEntry[]>();
  readonly hints = new Map<string, Hint>();
  /** Most parts that were open at once. */
  mostOpen = 1;
  /** How often a walk was ended, and with what. */
  readonly results: string[] = [];

  async open(target: WalkRecord | Omit<WalkRecord, "open">): Promise<WalkRecord> {
    const record = this.walks.get(target.id) ?? { ...target, open: [FIRST_PART] };
    this.walks.set(target.id, record);
    return record;
  }

  async get(walk: string): Promise<WalkRecord | undefined> {
    return this.walks.get(walk);
  }

  async log(walk: string, part: string): Promise<LogEntry[]> {
    return [...(this.logs.get(`${walk}/${part}`) ?? [])];
  }

  async append(walk: string, part: string, index: number, entry: LogEntry): Promise<boolean> {
    const log = this.logs.get(`${walk}/${part}`) ?? [];
    if (index > log.length) throw new RangeError(`Entry ${index} of a log of ${log.length}.`);
    if (index < log.length) return false;
    log.push(JSON.parse(JSON.stringify(entry)) as LogEntry);
    this.logs.set(`${walk}/${part}`, log);
    this.mostOpen = Math.max(this.mostOpen, this.#openParts(walk));
    return true;
  }

  async outlines(walk: string): Promise<Map<string, LogEntry["kind"][]>> {
    return new Map(
      [...this.logs]
        .filter(([key]) => key.startsWith(`${walk}/`))
        .map(([key, log]) => [key.slice(walk.length + 1), log.map(({ kind }) => kind)]),
    );
  }

  async ending(walk: string, part: string, index: number) {
    const entry = this.logs.get(`${walk}/${part}`)?.[index];
    if (entry?.kind !== "done") throw new RangeError(`Part ${part} is not done.`);
    return entry.ending;
  }

  async claim(walk: string, part: string, maxOpen: number): Promise<boolean> {
    const record = this.walks.get(walk) as WalkRecord;
    if (!record.open.includes(part) && record.open.length >= maxOpen) return false;
    this.walks.set(walk, { ...record, open: [...new Set([...record.open, part])] });
    return true;
  }

  async release(walk: string, parts: readonly string[]): Promise<void> {
    const record = this.walks.get(walk) as WalkRecord;
    this.walks.set(walk, { ...record, open: record.open.filter((part) => !parts.includes(part)) });
  }

  async finish(walk: string, result: unknown): Promise<void> {
    this.walks.set(walk, { ...(this.walks.get(walk) as WalkRecord), result });
    this.results.push(JSON.stringify(result));
  }

  async hint(bucket: string, prefix: string): Promise<Hint | undefined> {
    return this.hints.get(`${bucket}/${prefix}`);
  }

  async keepHint(bucket: string, prefix: string, hint: Hint): Promise<void> {
    this.hints.set(`${bucket}/${prefix}`, hint);
  }

  #openParts(walk: string): number {
    const parts = [FIRST_PART];
    for (const part of parts) {
      parts.push(
        ...childrenOf(
          part,
          (this.logs.get(`${walk}/${part}`) ?? []).map(({ kind }) => kind),
        ),
      );
    }
    return parts.filter((part) => this.logs.get(`${walk}/${part}`)?.at(-1)?.kind !== "done").length;
  }
}
