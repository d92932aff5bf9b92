import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { RunStoreError } from "../errors.ts";
import { expressionsOf, type ItemUpdate } from "./item-update.ts";
import { type Item, recordOfItem } from "./run-item.ts";
import { compareInList, isAskedFor, type ListPlace } from "./run-page.ts";
import { RUN_STATUSES } from "./run-status.ts";
import type { DuePage, DueQuery, PageQuery, RunPage, RunRecord } from "./run-store.ts";
import { shardsOf } from "./run-table-schema.ts";

/** The answer to a conditional write: the record after it, or, refused, as it is. */
export type UpdateAnswer =
  | { readonly ok: true; readonly record: RunRecord }
  | { readonly ok: false; readonly record: RunRecord | undefined };

/** An item that is no record. */
interface ItemPlace {
  readonly key: string;
  /** The run that it belongs to, for messages. */
  readonly run: string;
}

/** Most keys in one page of what is due. */
const DUE_PAGE = 500;

/** Most items in one `BatchGetItem`. */
const BATCH = 100;

/** The items of a table, as records. Everything that goes wrong is a {@link RunStoreError}. */
export class RunTable {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(run: string, signal?: AbortSignal): Promise<RunRecord | undefined> {
    const item = await this.item({ key: run, run }, signal);
    return item && recordOfItem(item, this.#name);
  }

  /** Reads an item, consistently. */
  async item({ key, run }: ItemPlace, signal?: AbortSignal): Promise<Item | undefined> {
    const input = { TableName: this.#name, Key: keyOf(key), ConsistentRead: true };
    const send = () => this.#client.send(new GetItemCommand(input), optionsOf(signal));
    return (await this.#call("read", run, send)).Item;
  }

  /** Makes a conditional write to an item; answers whether it was made. */
  async tryItem(place: ItemPlace, update: ItemUpdate, signal?: AbortSignal): Promise<boolean> {
    return !((await this.#send(place, update, signal)) instanceof ConditionalCheckFailedException);
  }

  /** Makes a conditional write; refused, answers with the record as it is. */
  async update(run: string, update: ItemUpdate, signal?: AbortSignal): Promise<UpdateAnswer> {
    const answer = await this.#send({ key: run, run }, update, signal);
    if (!(answer instanceof ConditionalCheckFailedException)) {
      return { ok: true, record: recordOfItem(answer.Attributes ?? {}, this.#name) };
    }
    // Without the old item there was none, or the endpoint (an older emulator) does not know how to return it.
    const record = answer.Item ? recordOfItem(answer.Item, this.#name) : await this.get(run, signal);
    return { ok: false, record };
  }

  /** Makes a conditional write and answers with the record after it; `undefined` if it was refused. */
  async tryUpdate(run: string, update: ItemUpdate, signal?: AbortSignal): Promise<RunRecord | undefined> {
    const answer = await this.#send({ key: run, run }, update, signal);
    return answer instanceof ConditionalCheckFailedException
      ? undefined
      : recordOfItem(answer.Attributes ?? {}, this.#name);
  }

  #send(
    { key, run }: ItemPlace,
    update: ItemUpdate,
    signal: AbortSignal | undefined,
  ): Promise<UpdateItemCommandOutput | ConditionalCheckFailedException> {
    const input = {
      TableName: this.#name,
      Key: keyOf(key),
      ...expressionsOf(update),
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    } as const;
    return this.#call("write", run, async () => {
      try {
        return await this.#client.send(new UpdateItemCommand(input), optionsOf(signal));
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return error;
        throw error;
      }
    });
  }

  /** A page of the runs that are due by the index: one partition of it after the other, the oldest of each first. */
  async due({ beforeMs, nowMs, cursor }: DueQuery, signal?: AbortSignal): Promise<DuePage> {
    const shards = shardsOf("live");
    // Another one first each time, so that a sweep that runs out of time does not always pass over the same.
    const [shard, startKey] = cursor === undefined ? [nowMs % shards.length, undefined] : parseCursor(cursor);
    const input: QueryCommandInput = {
      TableName: this.#name,
      IndexName: "live",
      KeyConditionExpression: "#live = :live AND #dueAtMs < :before",
      ExpressionAttributeNames: { "#live": "live", "#dueAtMs": "dueAtMs" },
      ExpressionAttributeValues: {
        ":live": { S: shards[shard % shards.length] ?? "" },
        ":before": { N: String(beforeMs) },
      },
      ExclusiveStartKey: startKey,
      Limit: DUE_PAGE,
    };
    const send = () => this.#client.send(new QueryCommand(input), optionsOf(signal));
    const { Items = [], LastEvaluatedKey } = await this.#call("list", undefined, send);
    const runs = Items.flatMap(({ run }) => run?.S ?? []);
    if (LastEvaluatedKey) return { runs, cursor: JSON.stringify([shard, LastEvaluatedKey]) };
    const isLast = (shard + 1) % shards.length === nowMs % shards.length;
    return isLast ? { runs } : { runs, cursor: JSON.stringify([shard + 1]) };
  }

  /** A page of the runs in a status: the keys by the index `status`, then the items. */
  async page(query: PageQuery, signal?: AbortSignal): Promise<RunPage> {
    const { places, cursor } = await this.#listed(query, signal);
    const records: RunRecord[] = [];
    const damaged: RunStoreError[] = [];
    for (const item of await this.#items(places, signal)) {
      try {
        const record = recordOfItem(item, this.#name);
        // It may have changed since the index saw it.
        if (isAskedFor(record, query)) records.push(record);
      } catch (error) {
        if (!(error instanceof RunStoreError)) throw error;
        damaged.push(error);
      }
    }
    return { records: records.sort(compareInList), cursor, ...(damaged.length > 0 && { damaged }) };
  }

  /** The keys of a page, merged from all partitions of the index that may have some. */
  async #listed(
    { status, startedAfterMs = 0, limit, cursor }: PageQuery,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly places: readonly ListPlace[]; readonly cursor: string | undefined }> {
    const lastTaken: Record<string, ListPlace> = cursor === undefined ? {} : JSON.parse(cursor);
    const partitions = (status === undefined ? RUN_STATUSES : [status]).flatMap(shardsOf);
    const heads = await Promise.all(
      partitions.map(async (partition) => {
        const after = lastTaken[partition];
        const input: QueryCommandInput = {
          TableName: this.#name,
          IndexName: "status",
          // What began since then has changed since then.
          KeyConditionExpression: "#status = :status AND #changedAtMs >= :from",
          ExpressionAttributeNames: { "#status": "status", "#changedAtMs": "changedAtMs" },
          ExpressionAttributeValues: { ":status": { S: partition }, ":from": { N: String(startedAfterMs) } },
          ScanIndexForward: false,
          ExclusiveStartKey: after && { status: { S: partition }, ...attributesOf(after) },
          Limit: limit,
        };
        const send = () => this.#client.send(new QueryCommand(input), optionsOf(signal));
        const { Items = [], LastEvaluatedKey } = await this.#call("list", undefined, send);
        return { partition, places: Items.map(placeOfKey), hasMore: LastEvaluatedKey !== undefined };
      }),
    );
    const taken: ListPlace[] = [];
    while (taken.length < limit) {
      const [next] = heads.filter(({ places }) => places.length > 0).sort((a, b) => compareHeads(a.places, b.places));
      const place = next?.places.shift();
      if (!next || !place) break;
      taken.push(place);
      lastTaken[next.partition] = place;
    }
    const hasMore = heads.some(({ places, hasMore }) => hasMore || places.length > 0);
    return { places: taken, cursor: hasMore ? JSON.stringify(lastTaken) : undefined };
  }

  /** The items of runs, read consistently. */
  async #items(places: readonly ListPlace[], signal: AbortSignal | undefined): Promise<readonly Item[]> {
    const items: Item[] = [];
    let keys = places.map(({ run }) => keyOf(run));
    while (keys.length > 0) {
      const RequestItems = { [this.#name]: { Keys: keys.slice(0, BATCH), ConsistentRead: true } };
      const send = () => this.#client.send(new BatchGetItemCommand({ RequestItems }), optionsOf(signal));
      const { Responses, UnprocessedKeys } = await this.#call("list", undefined, send);
      items.push(...(Responses?.[this.#name] ?? []));
      keys = [...(UnprocessedKeys?.[this.#name]?.Keys ?? []), ...keys.slice(BATCH)];
    }
    return items;
  }

  /**
   * All records, page by page. A damaged item does not hide those behind it: it is reported when all others have been
   * given out.
   */
  async *list(signal?: AbortSignal): AsyncGenerator<RunRecord> {
    const input = { TableName: this.#name, ConsistentRead: true };
    let damaged: unknown;
    const pages = paginateScan({ client: this.#client }, input, optionsOf(signal));
    for (;;) {
      const page = await this.#call("list", undefined, () => pages.next());
      if (page.done) break;
      for (const item of page.value.Items ?? []) {
        if (item.historyOf) continue;
        let record: RunRecord;
        try {
          record = recordOfItem(item, this.#name);
        } catch (error) {
          damaged ??= error;
          continue;
        }
        yield record;
      }
    }
    if (damaged) throw damaged;
  }

  async #call<Answer>(verb: string, run: string | undefined, send: () => Promise<Answer>): Promise<Answer> {
    try {
      return await send();
    } catch (cause) {
      const { name, message } = cause instanceof Error ? cause : { name: "Error", message: String(cause) };
      const what = run === undefined ? `${verb} the runs in` : `${verb} run ${run} in`;
      throw new RunStoreError(
        `Could not ${what} table ${this.#name}: ${name}: ${message.replace(/\.$/, "")}.${adviceOn(message)}`,
        {
          cause,
        },
      );
    }
  }
}

function adviceOn(message: string): string {
  if (/item size/i.test(message)) {
    return " An item holds at most 400 KB with the run's event, state and result: pass large input by reference, or keep less in the state.";
  }
  if (/specified index/i.test(message)) {
    return ' A run table needs the index "live": partition key "live" (a text), sort key "dueAtMs" (a number), keys only. Add it, as the RunTable construct does; docs/lease-protocol.md has all keys.';
  }
  return "";
}

function compareHeads([one]: readonly ListPlace[], [other]: readonly ListPlace[]): number {
  return one && other ? compareInList(one, other) : 0;
}

function attributesOf({ run, changedAtMs }: ListPlace): Item {
  return { ...keyOf(run), changedAtMs: { N: String(changedAtMs) } };
}

function placeOfKey({ run, changedAtMs }: Item): ListPlace {
  return { run: run?.S ?? "", changedAtMs: Number(changedAtMs?.N) };
}

function parseCursor(cursor: string): [shard: number, startKey?: Item] {
  return JSON.parse(cursor) as [number, Item?];
}

function optionsOf(abortSignal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return abortSignal ? { abortSignal } : {};
}

function keyOf(run: string): Item {
  return { run: { S: run } };
}
