import { memoryRunStore } from "../src/state/memory-run-store.ts";
import { recordBytes } from "../src/state/record-bytes.ts";
import type { RunRecord, RunStore } from "../src/state/run-store.ts";

/** The largest item of DynamoDB, in bytes. */
export const MAX_ITEM_BYTES = 409_600;

/** A store that refuses a record that is too large for DynamoDB, as DynamoDB does. */
export function weighingStore(records: Map<string, RunRecord> = new Map(), maxBytes = MAX_ITEM_BYTES): RunStore {
  class Weighed extends Map<string, RunRecord> {
    override set(run: string, record: RunRecord): this {
      const bytes = recordBytes(record);
      if (bytes > maxBytes) throw new Error(`Item size has exceeded the maximum allowed size: ${bytes}`);
      records.set(run, record);
      return super.set(run, record);
    }
  }
  return { ...memoryRunStore(new Weighed()), maxBytes };
}

/** A fault of one call: it is never answered, made or not; or it fails. */
export type StoreFault = "hangs" | "hangs after it was made" | "is throttled" | Error;

type Operation =
  | "begin"
  | "renew"
  | "checkpoint"
  | "handOff"
  | "release"
  | "finish"
  | "get"
  | "postpone"
  | "due"
  | "resume";

/** A store whose calls go wrong as `faultOf` says, asked before each. */
export function faultyStore(
  inner: RunStore,
  faultOf: (operation: Operation, call: number) => StoreFault | undefined,
): RunStore & { readonly calls: Operation[] } {
  const calls: Operation[] = [];
  const counts = new Map<Operation, number>();
  const faulty =
    <Request, Answer>(operation: Operation, make: (request: Request) => Promise<Answer>) =>
    async (request: Request): Promise<Answer> => {
      const call = (counts.get(operation) ?? 0) + 1;
      counts.set(operation, call);
      calls.push(operation);
      const fault = faultOf(operation, call);
      if (fault instanceof Error) throw fault;
      if (fault === "is throttled") throw Object.assign(new Error("slower"), { name: "ThrottlingException" });
      if (fault === "hangs after it was made") await make(request);
      if (fault !== undefined) return new Promise<never>(() => {});
      return make(request);
    };
  return {
    ...inner,
    calls,
    begin: faulty("begin", inner.begin),
    renew: faulty("renew", inner.renew),
    checkpoint: faulty("checkpoint", inner.checkpoint),
    handOff: faulty("handOff", inner.handOff),
    release: faulty("release", inner.release),
    finish: faulty("finish", inner.finish),
  };
}
