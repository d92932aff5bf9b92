import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  paginateScan,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { isFleetRow } from "../fleet/fleet-row.ts";
import { type Item, rowOf, toFleetAttributes } from "./token-item.ts";
import type { TokenAnswer } from "./token-protocol.ts";
import * as protocol from "./token-protocol.ts";
import { newRow, type TokenKey, type TokenRow } from "./token-row.ts";
import type { TokenTable } from "./token-table.ts";

/** A conditional write. Names are attributes' own; values are numbers and texts. */
interface Update {
  readonly condition: string;
  readonly set: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly remove?: readonly string[];
  /** Further values of the condition. */
  readonly given?: Readonly<Record<string, string | number>>;
}

/** The sort key of a queue's fleet; tokens' names are hexadecimal. */
const FLEET = "#fleet";
/** How long the row of an ended loop is kept, in seconds. */
const ENDED_KEPT_S = 86_400;

/**
 * The token table on DynamoDB: partition key `queue_url`, sort key `token`, time to live in `ttl`. Each write is one
 * conditional `UpdateItem`, whose refusal brings the row along: no second read tells a token that is gone from one that
 * another loop has.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
 */
export function dynamodbTokenTable(client: DynamoDBClient, tableName: string): TokenTable {
  const keyOf = (queueUrl: string, token: string) => ({ queue_url: { S: queueUrl }, token: { S: token } });

  /** Makes the write; answers with the row after it, or with what the protocol says of the row as it is. */
  async function write(
    { queueUrl, token }: TokenKey,
    update: Update,
    meaning: (row: TokenRow | undefined) => TokenAnswer,
  ): Promise<TokenAnswer> {
    const { written, item } = await conditional(keyOf(queueUrl, token), update);
    const row = item && rowOf(item);
    const known = row && !isFleetRow(row) ? row : undefined;
    if (written && known) return { ok: true, row: known };
    // A refusal by the row as it is, or a write that was made before and whose answer was lost.
    return meaning(known);
  }

  async function conditional(Key: Item, update: Update): Promise<{ written: boolean; item: Item | undefined }> {
    const { condition, set, remove = [], given = {} } = update;
    const fields = Object.entries(set).filter(([, value]) => value !== undefined);
    const asked = Array.from(condition.matchAll(/#(\w+)/g), ([, name = ""]) => name);
    const names = new Set([...fields.map(([name]) => name), ...remove, ...asked]);
    const values = new Map<string, AttributeValue>();
    for (const [name, value] of fields) values.set(`:set_${name}`, attribute(value ?? ""));
    for (const [name, value] of Object.entries(given)) values.set(`:${name}`, attribute(value));
    const removed = remove.length === 0 ? "" : ` REMOVE ${remove.map((name) => `#${name}`).join(", ")}`;
    try {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key,
          UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :set_${name}`).join(", ")}${removed}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(values),
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { written: true, item: Attributes };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { written: false, item: error.Item };
    }
  }

  const ofLoop = "#loop_id = :loop AND #state = :running";
  const running = { running: "running" };

  return {
    claim: (place, nowMs) =>
      write(
        place,
        {
          condition: `${ofLoop} AND #hop = :hop`,
          given: { ...running, loop: place.loopId, hop: place.hop },
          set: { hop: place.hop + 1, owner: place.owner, last_used: nowMs },
        },
        (row) => protocol.claim(row, place, nowMs),
      ),
    beat: (place, nowMs, stats) =>
      write(
        place,
        {
          condition: `${ofLoop} AND #owner = :owner AND #hop = :next`,
          given: { ...running, loop: place.loopId, owner: place.owner, next: place.hop + 1 },
          set: { last_used: nowMs, stats },
        },
        (row) => protocol.beat(row, place, nowMs, stats),
      ),
    reopen: (place) =>
      write(
        place,
        {
          condition: `${ofLoop} AND #owner = :owner AND #hop = :next`,
          given: { ...running, loop: place.loopId, owner: place.owner, next: place.hop + 1 },
          set: { hop: place.hop },
          remove: ["owner"],
        },
        (row) => protocol.reopen(row, place),
      ),
    takeOver(seen, loopId, nowMs) {
      const { lastUsedMs, restarts } = seen;
      const unused = lastUsedMs === undefined;
      return write(
        seen,
        {
          condition: `${ofLoop} AND ${unused ? "attribute_not_exists(#last_used)" : "#last_used = :seen"}`,
          given: { ...running, loop: seen.loopId, ...(unused ? {} : { seen: lastUsedMs }) },
          set: { loop_id: loopId, hop: 0, started_at: nowMs, restarts: restarts + 1 },
          remove: ["last_used", "owner", "stats"],
        },
        (current) => protocol.takeOver(current, seen, loopId, nowMs),
      );
    },
    async add(key, loopId, nowMs) {
      const { hop, state, startedAtMs, restarts } = newRow(key, loopId, nowMs);
      const answer = await write(
        key,
        {
          condition: "attribute_not_exists(#token)",
          set: { loop_id: loopId, hop, state, started_at: startedAtMs, restarts },
        },
        (row) => (row?.loopId === loopId ? { ok: true, row } : { ok: false, refusal: "other-loop", row }),
      );
      return answer.ok;
    },
    async end({ queueUrl, token }, nowMs) {
      const { written } = await conditional(keyOf(queueUrl, token), {
        condition: "#state = :running",
        given: running,
        set: { state: "ended", ttl: Math.ceil(nowMs / 1_000) + ENDED_KEPT_S },
      });
      return written;
    },
    async get({ queueUrl, token }) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: keyOf(queueUrl, token), ConsistentRead: true }),
      );
      const row = Item && rowOf(Item);
      return row && !isFleetRow(row) ? row : undefined;
    },
    async ofQueue(queueUrl) {
      const query = {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: "queue_url = :queue",
        ExpressionAttributeValues: { ":queue": { S: queueUrl } },
      };
      const tokens: TokenRow[] = [];
      let fleet: Awaited<ReturnType<TokenTable["ofQueue"]>>["fleet"];
      for await (const { Items = [] } of paginateQuery({ client }, query)) {
        for (const row of Items.map(rowOf)) {
          if (isFleetRow(row)) fleet = row;
          else tokens.push(row);
        }
      }
      return { fleet, tokens };
    },
    async *pages() {
      // Each page is 1 MB at most: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
      for await (const { Items = [] } of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
        yield Items.map(rowOf);
      }
    },
    async putFleet(fleet) {
      const { written, item } = await conditional(keyOf(fleet.queueUrl, FLEET), {
        condition: fleet.version === 1 ? "attribute_not_exists(#token)" : "#version = :before",
        given: fleet.version === 1 ? {} : { before: fleet.version - 1 },
        set: toFleetAttributes(fleet),
      });
      if (written || !item) return written;
      const current = rowOf(item);
      return isFleetRow(current) && current.version === fleet.version && current.writer === fleet.writer;
    },
  };
}

function attribute(value: string | number | boolean): AttributeValue {
  if (typeof value === "string") return { S: value };
  return typeof value === "number" ? { N: String(value) } : { BOOL: value };
}
