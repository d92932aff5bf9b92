import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { isAtRest, type RunRecord } from "@longhaul/core/store";
import type { FleetRow } from "../size/fleet-row.ts";
import { firstEvent, lastUsedMs, runOf, type TokenRow } from "./token-row.ts";

/** A DynamoDB item. */
export type Item = Record<string, AttributeValue>;

/** The sort key of a queue's fleet; tokens' names are hexadecimal. */
const FLEET = "#fleet";
/** How long the row of an ended loop is kept, in seconds. */
const ENDED_KEPT_S = 86_400;

/** The key of a row. */
export function keyOf({ queueUrl, token = FLEET }: { readonly queueUrl: string; readonly token?: string }): Item {
  return { queue_url: { S: queueUrl }, token: { S: token } };
}

/**
 * The item of a token: its record, and beside it the facts that people look for in the table. Run and event follow from the
 * key and the loop; without them the item is below 1 KB, so that a heartbeat costs one write unit.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function tokenItem(row: TokenRow): Item {
  const { loopId, restarts, record, rev } = row;
  const { run: _, event, ...rest } = record;
  const usedMs = lastUsedMs(row);
  return {
    ...keyOf(row),
    loop_id: { S: loopId },
    state: { S: isAtRest(record) ? "ended" : "running" },
    started_at: { N: String(record.startedAtMs) },
    restarts: { N: String(restarts) },
    record: { S: JSON.stringify(event === firstEvent(row) ? rest : { ...rest, event }) },
    rev: { S: rev },
    ...(usedMs !== undefined && { last_used: { N: String(usedMs) } }),
    ...(isAtRest(record) && { ttl: { N: String(Math.ceil(record.changedAtMs / 1_000) + ENDED_KEPT_S) } }),
  };
}

/** The item of a fleet. */
export function fleetItem({ queueUrl, rev, ...fleet }: FleetRow): Item {
  return { ...keyOf({ queueUrl }), fleet: { S: JSON.stringify(fleet) }, rev: { S: rev } };
}

/** Reads a row of the table: a token, or a queue's fleet. */
export function rowOf(item: Item): TokenRow | FleetRow {
  const text = (name: string) => item[name]?.S ?? "";
  const [queueUrl, rev] = [text("queue_url"), text("rev")];
  if (item.fleet) return { queueUrl, ...(JSON.parse(text("fleet")) as Omit<FleetRow, "queueUrl" | "rev">), rev };
  const loop = { queueUrl, token: text("token"), loopId: text("loop_id") };
  const kept = JSON.parse(text("record")) as Omit<RunRecord, "run" | "event">;
  const record = { run: runOf(loop), event: firstEvent(loop), ...kept };
  return { ...loop, restarts: Number(item.restarts?.N), record, rev };
}
