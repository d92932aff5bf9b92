import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { RunStoreError } from "../errors.ts";
import type { Progress } from "../observe/progress.ts";
import { parseStats } from "../recursion/envelope.ts";
import type { HistoryEntry, KeptHistory } from "./run-history.ts";
import type { RunPhase } from "./run-status.ts";
import type { EndReason, RunLimits, RunRecord, RunRequest } from "./run-store.ts";

/** Version of the shape that items have, in their attribute `v`. */
export const RECORD_VERSION = 1;

/** An item as DynamoDB gives it. */
export type Item = Record<string, AttributeValue>;

/** A value in a run's item: texts as `S` (structures as JSON), numbers as `N`. */
export type ItemValue = string | number;

const PHASES: readonly string[] = [
  ...(["running", "handed-off", "sleeping", "paused", "done", "failed", "stopped", "deleted"] satisfies RunPhase[]),
];
const AT_END: readonly string[] = ["tell", "telling", "told"] satisfies RunRecord["atEnd"][];
const REQUESTS: readonly string[] = ["stop", "pause"] satisfies RunRequest[];

/** A value as DynamoDB takes it. */
export function attribute(value: ItemValue): AttributeValue {
  return typeof value === "number" ? { N: String(value) } : { S: value };
}

/** The fields of a record that are texts and numbers. */
export function flatOf(fields: Omit<RunRecord, "run" | "stats">): Readonly<Record<string, ItemValue>> {
  const { limits: _, reason: __, lastError: ___, progress: ____, history: _____, ...flat } = fields;
  return flat;
}

/**
 * Reads a run's item.
 *
 * @throws {@link RunStoreError} naming the field at fault, if the item is damaged or not a run's.
 */
export function recordOfItem(item: Item, tableName: string): RunRecord {
  const run = item.run?.S ?? "(unknown)";
  const fail = (field: string, must: string, cause?: unknown): never => {
    throw new RunStoreError(
      `The item of run ${run} in table ${tableName} is damaged, or not a run's: its attribute "${field}" ${must}. Mend or delete the item.`,
      { cause },
    );
  };
  const text = (field: string): string => item[field]?.S ?? fail(field, "must be a text");
  const optional = (field: string): string | undefined => (item[field] === undefined ? undefined : text(field));
  const number = (field: string): number => {
    const value = Number(item[field]?.N ?? fail(field, "must be a number"));
    return Number.isFinite(value) ? value : fail(field, "must be a number");
  };
  const count = (field: string): number => {
    const value = number(field);
    return Number.isSafeInteger(value) && value >= 0 ? value : fail(field, "must be a whole number from 0");
  };
  const json = (field: string): unknown => {
    try {
      return JSON.parse(text(field));
    } catch (cause) {
      return cause instanceof RunStoreError ? fail(field, "must be a text") : fail(field, "must be JSON", cause);
    }
  };
  const oneOf = <Name extends string>(field: string, names: readonly string[]): Name => {
    const value = text(field);
    return names.includes(value) ? (value as Name) : fail(field, `must be one of ${names.join(", ")}`);
  };
  const stats = () => {
    const value = json("stats");
    try {
      return parseStats(value, "stats");
    } catch (cause) {
      return fail("stats", "must be the statistics of a run", cause);
    }
  };
  const reason = (field: string): EndReason => {
    const value = json(field) as Partial<EndReason> | null;
    if (typeof value?.code !== "string" || typeof value.message !== "string") fail(field, "must have code and message");
    return value as EndReason;
  };
  const limits = (): RunLimits => {
    const value = json("limits");
    const isLimit = (limit: unknown) => typeof limit === "number" && limit > 0;
    if (typeof value !== "object" || value === null || !Object.values(value).every(isLimit)) {
      fail("limits", "must have numbers above 0");
    }
    return value as RunLimits;
  };
  const progress = (): Progress => {
    const value = json("progress");
    const isCount = (each: unknown) => typeof each === "number";
    if (typeof value !== "object" || value === null || !Object.values(value).every(isCount)) {
      fail("progress", "must have numbers");
    }
    return value as Progress;
  };
  const history = (): KeptHistory => {
    const value = json("history") as Partial<KeptHistory> | null;
    const isCount = (each: unknown) => Number.isSafeInteger(each) && (each as number) >= 0;
    const isEntry = ({ hop, slot = 0, epoch }: HistoryEntry) => [hop, slot, epoch].every(isCount);
    if (!Array.isArray(value?.hops) || !isCount(value.slots) || !value.hops.every(isEntry)) {
      fail("history", "must have hops and slots");
    }
    return value as KeptHistory;
  };
  if (count("v") > RECORD_VERSION) {
    throw new RunStoreError(
      `Run ${run} in table ${tableName} was written by a newer @longhaul/core (version ${item.v?.N} of its record). Deploy that one, then continue.`,
    );
  }
  const owner = optional("owner");
  const lastOwner = optional("lastOwner");
  const tenantId = optional("tenantId");
  const stateKey = optional("stateKey");
  const state = optional("state");
  const pinned = optional("pinned");
  const result = optional("result");
  return {
    run: text("run"),
    hop: count("hop"),
    attempt: count("attempt"),
    epoch: count("epoch"),
    failures: count("failures"),
    phase: oneOf<RunPhase>("phase", PHASES),
    ...(owner !== undefined && { owner }),
    ...(lastOwner !== undefined && { lastOwner }),
    leaseUntilMs: number("leaseUntilMs"),
    heartbeatAtMs: number("heartbeatAtMs"),
    ...(item.dueAtMs !== undefined && { dueAtMs: number("dueAtMs") }),
    ...(item.backOffMs !== undefined && { backOffMs: number("backOffMs") }),
    ...(item.wakeAtMs !== undefined && { wakeAtMs: number("wakeAtMs") }),
    ...(item.sleptMs !== undefined && { sleptMs: number("sleptMs") }),
    startedAtMs: number("startedAtMs"),
    changedAtMs: number("changedAtMs"),
    target: text("target"),
    ...(tenantId !== undefined && { tenantId }),
    ...(stateKey !== undefined && { stateKey }),
    event: text("event"),
    ...(state !== undefined && { state }),
    ...(pinned !== undefined && { pinned }),
    stats: stats(),
    ...(item.atEnd !== undefined && { atEnd: oneOf<NonNullable<RunRecord["atEnd"]>>("atEnd", AT_END) }),
    ...(item.requested !== undefined && { requested: oneOf<RunRequest>("requested", REQUESTS) }),
    ...(item.progress !== undefined && { progress: progress() }),
    ...(item.limits !== undefined && { limits: limits() }),
    ...(item.history !== undefined && { history: history() }),
    ...(item.rewinds !== undefined && { rewinds: count("rewinds") }),
    ...(item.reason !== undefined && { reason: reason("reason") }),
    ...(item.lastError !== undefined && { lastError: reason("lastError") }),
    ...(result !== undefined && { result }),
  };
}
