import { randomUUID } from "node:crypto";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { ConfigError } from "@longhaul/core";
import { sdkSettings } from "@longhaul/core/parts";
import { controlCall } from "./call-scope.ts";
import { fittingEntry, type StoredEntry, storedEnding } from "./fitting-entry.ts";
import type { Hint } from "./learned-partition.ts";
import type { LogEntry, LogOutline } from "./part-log.ts";
import { WalkRecordError } from "./walk-errors.ts";
import type { WalkRecord, WalkRecords, WalkRecordsCalls, WalkRecordsSource } from "./walk-records.ts";

/** Options of {@link dynamodbWalkRecords}. */
export interface DynamodbWalkRecordsOptions {
  /** The table: partition key `walk`, sort key `part`, both strings; time to live in `ttl`. */
  readonly tableName: string;
  /** A client of your own. Default: one made from the environment. */
  readonly client?: DynamoDBClient | undefined;
  /** Days after which the records of a walk expire. Default 30. */
  readonly ttlDays?: number | undefined;
}

type Item = Record<string, AttributeValue>;

/** Sort key of a walk's own record. It sorts before all logs and is none. */
const WALK = "@walk";
const HINT = "@hint";
/** Entries of a log sort in order: no log has more than that many digits of them. */
const INDEX_DIGITS = 6;

/**
 * {@link WalkRecords} in a DynamoDB table: all of a walk in one partition, each entry of a log an item that is put once.
 * Needs `dynamodb:GetItem`, `PutItem`, `UpdateItem` and `Query` on the table.
 */
export function dynamodbWalkRecords(options: DynamodbWalkRecordsOptions): WalkRecordsSource {
  const { tableName, client = new DynamoDBClient(sdkSettings()), ttlDays = 30 } = options;
  if (tableName === "") throw new ConfigError("dynamodbWalkRecords needs a tableName: the name of the walk's table.");
  return (calls = {}) => recordsIn(client, { TableName: tableName, ttlDays, ...calls });
}

interface WalkTable extends WalkRecordsCalls {
  readonly TableName: string;
  readonly ttlDays: number;
}

function recordsIn(client: DynamoDBClient, { TableName, ttlDays, spill, scope }: WalkTable): WalkRecords {
  const ttl = (): Item => ({ ttl: { N: String(Math.ceil(Date.now() / 1_000 + ttlDays * 86_400)) } });

  async function get(walk: string, part: string): Promise<Item | undefined> {
    const input = { TableName, Key: { walk: { S: walk }, part: { S: part } }, ConsistentRead: true };
    const { Item } = await controlCall(
      "DynamoDB GetItem",
      (abortSignal) => client.send(new GetItemCommand(input), { abortSignal }),
      scope,
    );
    return Item;
  }

  async function put(input: ConstructorParameters<typeof PutItemCommand>[0]): Promise<void> {
    await controlCall(
      "DynamoDB PutItem",
      (abortSignal) => client.send(new PutItemCommand(input), { abortSignal }),
      scope,
    );
  }

  /** Puts an item where none is; otherwise answers with the one that is there. */
  async function putNew(item: Item): Promise<Item | undefined> {
    try {
      const ConditionExpression = "attribute_not_exists(walk)";
      const ReturnValuesOnConditionCheckFailure = "ALL_OLD" as const;
      await put({ TableName, Item: item, ConditionExpression, ReturnValuesOnConditionCheckFailure });
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item ?? (await get(text(item, "walk"), text(item, "part")));
    }
  }

  async function query(walk: string, begin: string, attributes?: readonly string[]): Promise<Item[]> {
    const names = attributes?.map((name) => [`#${name}`, name]);
    const input = {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: "walk = :walk AND begins_with(part, :begin)",
      ExpressionAttributeValues: { ":walk": { S: walk }, ":begin": { S: begin } },
      ...(names && {
        ProjectionExpression: names.map(([name]) => name).join(", "),
        ExpressionAttributeNames: Object.fromEntries(names),
      }),
    };
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const ask = new QueryCommand({ ...input, ExclusiveStartKey: from });
      const send = (abortSignal: AbortSignal) => client.send(ask, { abortSignal });
      const { Items = [], LastEvaluatedKey } = await controlCall("DynamoDB Query", send, scope);
      items.push(...Items);
      from = LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  }

  /** Changes a walk's own record, which is there; `false` if the condition does not hold. */
  async function update(walk: string, change: string, values: Item, condition = ""): Promise<boolean> {
    const input = {
      TableName,
      Key: { walk: { S: walk }, part: { S: WALK } },
      UpdateExpression: change,
      ConditionExpression: `attribute_exists(walk)${condition}`,
      ExpressionAttributeNames: { "#field": change.includes(":result") ? "result" : "open" },
      ExpressionAttributeValues: values,
    };
    try {
      await controlCall(
        "DynamoDB UpdateItem",
        (abortSignal) => client.send(new UpdateItemCommand(input), { abortSignal }),
        scope,
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    async open({ id, bucket, prefix, startedAtMs }) {
      const item: Item = {
        walk: { S: id },
        part: { S: WALK },
        bucket: { S: bucket },
        prefix: { S: prefix },
        startedAtMs: { N: String(startedAtMs) },
        open: { SS: ["0"] },
        ...ttl(),
      };
      return recordOf((await putNew(item)) ?? item);
    },
    async get(walk) {
      const item = await get(walk, WALK);
      return item && recordOf(item);
    },
    async log(walk, part) {
      const entries: LogEntry[] = [];
      for (const [index, item] of (await query(walk, `${part}#`)).entries()) {
        const stored = JSON.parse(text(item, "entry")) as StoredEntry;
        if (text(item, "part") !== entryKey(part, index)) throw new WalkRecordError(walk, part, index);
        entries.push(stored.kind === "done" ? { kind: "done", ending: await storedEnding(stored, spill) } : stored);
      }
      return entries;
    },
    async append(walk, part, index, entry) {
      const stored = await fittingEntry(entry, { walk, part, index, spill });
      const by = randomUUID();
      const there = await putNew({
        walk: { S: walk },
        part: { S: entryKey(part, index) },
        kind: { S: entry.kind },
        by: { S: by },
        entry: { S: JSON.stringify(stored) },
        ...ttl(),
      });
      // What was not answered is sent again: then the entry that is there is this one.
      return there === undefined || there.by?.S === by;
    },
    async outlines(walk) {
      const outlines = new Map<string, LogEntry["kind"][]>();
      for (const item of await query(walk, "0", ["part", "kind"])) {
        const [part = "", index] = text(item, "part").split("#");
        const outline = outlines.get(part) ?? [];
        outlines.set(part, outline);
        if (Number(index) !== outline.length) throw new WalkRecordError(walk, part, outline.length);
        outline.push(text(item, "kind") as LogEntry["kind"]);
      }
      return outlines as ReadonlyMap<string, LogOutline>;
    },
    async ending(walk, part, index) {
      const item = await get(walk, entryKey(part, index));
      const stored = item && (JSON.parse(text(item, "entry")) as StoredEntry);
      if (stored?.kind !== "done") throw new WalkRecordError(walk, part, index);
      return storedEnding(stored, spill);
    },
    claim: (walk, part, maxOpen) =>
      update(
        walk,
        "ADD #field :parts",
        { ":parts": { SS: [part] }, ":part": { S: part }, ":max": { N: String(maxOpen) } },
        // The first condition is for a claim that is sent again because its answer was lost.
        " AND (contains(#field, :part) OR size(#field) < :max)",
      ),
    async release(walk, parts) {
      if (parts.length > 0) await update(walk, "DELETE #field :parts", { ":parts": { SS: [...parts] } });
    },
    async finish(walk, result) {
      await update(walk, "SET #field = :result", { ":result": { S: JSON.stringify(result ?? null) } });
    },
    async hint(bucket, prefix) {
      const item = await get(hintKey(bucket, prefix), HINT);
      return item && (JSON.parse(text(item, "hint")) as Hint);
    },
    async keepHint(bucket, prefix, hint) {
      const item = { walk: { S: hintKey(bucket, prefix) }, part: { S: HINT }, hint: { S: JSON.stringify(hint) } };
      await put({ TableName, Item: item });
    },
  };
}

function entryKey(part: string, index: number): string {
  return `${part}#${String(index).padStart(INDEX_DIGITS, "0")}`;
}

/** Its sort key is another than those of walks, so a walk of that id would not be in its way. */
function hintKey(bucket: string, prefix: string): string {
  return `hint://${bucket}/${prefix}`;
}

function text(item: Item, name: string): string {
  return item[name]?.S ?? "";
}

function recordOf(item: Item): WalkRecord {
  const result = item.result?.S;
  return {
    id: text(item, "walk"),
    bucket: text(item, "bucket"),
    prefix: text(item, "prefix"),
    startedAtMs: Number(item.startedAtMs?.N),
    open: item.open?.SS ?? [],
    ...(result !== undefined && { result: JSON.parse(result) as unknown }),
  };
}
