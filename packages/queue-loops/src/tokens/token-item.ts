import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { FleetRow } from "../fleet/fleet-row.ts";
import type { TokenRow } from "./token-row.ts";

/** A DynamoDB item. */
export type Item = Record<string, AttributeValue>;

/** Reads a row of the table: a token, or a queue's fleet. */
export function rowOf(item: Item): TokenRow | FleetRow {
  const queueUrl = text(item, "queue_url") ?? "";
  if (item.desired) {
    return {
      queueUrl,
      desired: number(item, "desired") ?? 0,
      version: number(item, "version") ?? 0,
      writer: text(item, "writer") ?? "",
      grownAtMs: byAlarm<number>(text(item, "grown_at"), "number"),
      brought: byAlarm<number>(text(item, "brought"), "number"),
      idleSinceMs: number(item, "idle_since") ?? 0,
      isStopped: item.stopped?.BOOL ?? false,
      applied: byAlarm<string>(text(item, "applied"), "string"),
    };
  }
  return {
    queueUrl,
    token: text(item, "token") ?? "",
    loopId: text(item, "loop_id") ?? "",
    hop: number(item, "hop") ?? 0,
    state: text(item, "state") === "running" ? "running" : "ended",
    startedAtMs: number(item, "started_at") ?? 0,
    lastUsedMs: number(item, "last_used"),
    owner: text(item, "owner"),
    stats: text(item, "stats"),
    restarts: number(item, "restarts") ?? 0,
  };
}

/** The attributes of a fleet's row, without its key. */
export function toFleetAttributes(fleet: FleetRow): Record<string, string | number | boolean> {
  const { desired, version, writer, grownAtMs, brought, idleSinceMs, isStopped, applied } = fleet;
  return {
    desired,
    version,
    writer,
    grown_at: JSON.stringify(grownAtMs),
    brought: JSON.stringify(brought),
    idle_since: idleSinceMs,
    stopped: isStopped,
    applied: JSON.stringify(applied),
  };
}

function byAlarm<Value extends string | number>(
  json: string | undefined,
  type: Value extends string ? "string" : "number",
): Record<string, Value> {
  const value: unknown = JSON.parse(json ?? "{}");
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, Value] => typeof entry[1] === type),
  );
}

function text(item: Item, name: string): string | undefined {
  return item[name]?.S;
}

function number(item: Item, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}
