import type { HandOffDriver, InvocationContext, RecursiveOptions, RunContext, RunStore } from "@longhaul/core";
import type { Host } from "@longhaul/core/parts";
import { keyBehindPrefix } from "../listing/key-order.ts";
import type { ListAfter } from "../listing/walk.ts";
import { type CallScope, entryScope, hopMs, workScope } from "./call-scope.ts";
import type { PartResult } from "./join-walk.ts";
import { rangesOf } from "./learned-partition.ts";
import { FIRST_PART, originOf } from "./part-log.ts";
import { type PartState, partState } from "./part-state.ts";
import { startPart } from "./start-part.ts";
import type { WalkAction, WalkTarget } from "./walk-action.ts";
import { WalkIdTakenError, WalkRecordError } from "./walk-errors.ts";
import { eventOf, type PartId, partOf, partOfRun, runOf } from "./walk-event.ts";
import { type SpreadSettings, walkPart } from "./walk-part.ts";
import type { WalkRecords } from "./walk-records.ts";

/** The walk that an event asks for. */
export interface AskedWalk<Summary> {
  readonly bucket: string;
  /** Default: all keys. */
  readonly prefix?: string | undefined;
  /** Id of the walk. Default: from what caused the event, so that a redelivered one finds the walk it began. */
  readonly id?: string | undefined;
  readonly action: WalkAction<Summary>;
}

/** Options of {@link walkParts}. */
export interface WalkPartsOptions<Summary> {
  /** Reads the walk that an event asks for. The events of all parts of a walk ask for the same. */
  readonly request: (event: object) => AskedWalk<Summary>;
  /** Makes what lists pages, by one request each. */
  readonly list: (target: WalkTarget, scope: CallScope) => ListAfter;
  readonly records: (scope: CallScope) => WalkRecords;
  readonly store: RunStore;
  readonly driver: HandOffDriver;
  readonly settings?: Partial<SpreadSettings> | undefined;
  /** Key of the event under which a part's state travels. Default `"state"`. */
  readonly stateKey?: string | undefined;
  readonly host: Host;
}

/** Options of `recursive()` that make its handler walk. */
export type WalkParts<Summary> = Required<
  Pick<
    RecursiveOptions<object, PartState<Summary>, PartResult>,
    "start" | "run" | "runId" | "state" | "driver" | "guards"
  >
> & { readonly store: RunStore };

/**
 * Hops in a row that reach no safe point before a walk is paused: while S3 answers nothing, a hop lists nothing, and the
 * walk is to go on once it answers again.
 */
export const MAX_STALLED_HOPS = 20;

const DEFAULTS: SpreadSettings = { maxRuns: 8, concurrency: 64, giveAboveMs: 5_000, pageKeys: 1_000 };

/** The parts of a handler each of whose runs walks a part of a bucket. */
export function walkParts<Summary>(options: WalkPartsOptions<Summary>): WalkParts<Summary> {
  const { store, driver, host, stateKey = "state" } = options;
  const given = Object.entries(options.settings ?? {}).filter(([, value]) => value !== undefined);
  const settings: SpreadSettings = { ...DEFAULTS, ...Object.fromEntries(given) };

  const partFor = (event: object, context: InvocationContext) => partOf(event, options.request(event).id, context);

  async function start(event: object, context: InvocationContext): Promise<PartState<Summary>> {
    const { action, bucket, prefix = "" } = options.request(event);
    const records = options.records(entryScope(context, host));
    const fresh = { summary: action.empty(), learned: [] };
    const id = partFor(event, context);
    const origin = originOf(id.part);
    if (origin === undefined) {
      const hint = await records.hint(bucket, prefix);
      return { ...fresh, ranges: rangesOf(hint?.bounds ?? [], keyBehindPrefix(prefix)) };
    }
    const entry = (await records.log(id.walk, origin.parent))[origin.index];
    if (entry?.kind !== "gave") throw new WalkRecordError(id.walk, origin.parent, origin.index);
    return { ...fresh, ranges: entry.ranges };
  }

  /**
   * The record of the walk that a run is part of. The first hop makes it, under the id of its run: an event that is sent
   * again comes under another request id.
   */
  async function recordOf({ event, run }: RunContext<object>, records: WalkRecords): Promise<WalkTarget> {
    const { walk, part } = partOfRun(run.id);
    if (part !== FIRST_PART || run.hop > 0) {
      const there = await records.get(walk);
      if (there === undefined) throw new WalkRecordError(walk, FIRST_PART, 0);
      return there;
    }
    const { bucket, prefix = "" } = options.request(event);
    const there = await records.open({ id: walk, bucket, prefix, startedAtMs: run.startedAt });
    if (there.bucket === bucket && there.prefix === prefix) return there;
    throw new WalkIdTakenError(walk, placeOf(bucket, prefix), placeOf(there.bucket, there.prefix));
  }

  async function* run(state: PartState<Summary>, context: RunContext<object, PartState<Summary>>) {
    const { event, signal } = context;
    const { walk, part } = partOfRun(context.run.id);
    const { action } = options.request(event);
    // Nothing beside the work outlives it: a process that thaws has no business with this hop.
    const ended = new AbortController();
    const scope = workScope({ budget: context.budget, signal: AbortSignal.any([signal, ended.signal]) }, host);
    const records = options.records(scope);
    const { bucket, prefix, startedAtMs } = await recordOf(context, records);
    const target = { id: walk, bucket, prefix, startedAtMs };
    const begin = (child: PartId) =>
      startPart({
        run: runOf(child),
        event: eventOf(event, child),
        target: context.context.invokedFunctionArn,
        ...{ stateKey, store, driver, host, scope },
      });
    try {
      return yield* walkPart<Summary>(state, {
        target,
        part,
        token: context.run.fence.token,
        action,
        records,
        list: options.list(target, scope),
        settings,
        host,
        startChild: (child) => begin({ walk, part: child }),
        ...{ signal, scope, usableMs: hopMs(context.budget) },
        onPersist: (persist) => context.onPersist(persist),
        progress: ({ ofAction, ...counters }) => context.progress({ ...counters, ...ofAction }),
      });
    } finally {
      ended.abort(new DOMException("The hop has ended.", "AbortError"));
    }
  }

  const guards = { maxStalledHops: MAX_STALLED_HOPS };
  const runId = (event: object, context: InvocationContext) => runOf(partFor(event, context));
  return { start, run, runId, state: { schema: partState<Summary>(), key: stateKey }, store, driver, guards };
}

function placeOf(bucket: string, prefix: string): string {
  return `s3://${bucket}/${prefix}`;
}
