import { randomBytes } from "node:crypto";
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { type CallOptions, call } from "@longhaul/core/parts";
import { type FleetRow, isFleetRow } from "../size/fleet-row.ts";
import { fleetItem, type Item, keyOf, rowOf, tokenItem } from "./token-item.ts";
import type { TokenRow } from "./token-row.ts";
import type { PutAnswer, TokenTable } from "./token-table.ts";

/** Options of {@link dynamodbTokenTable}: the time and the tries that each call has. Default: five tries. */
export type TokenTableOptions = Pick<CallOptions, "attempts" | "budgetMs">;

type Page = Pick<QueryCommandOutput, "Items" | "LastEvaluatedKey">;

/**
 * The token table on DynamoDB: partition key `queue_url`, sort key `token`, time to live in `ttl`. Each write is one
 * conditional `PutItem`, whose refusal brings the row along.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
export function dynamodbTokenTable(
  client: DynamoDBClient,
  TableName: string,
  options: TokenTableOptions = {},
): TokenTable {
  function control<Answer>(
    operation: string,
    send: (sending: { abortSignal: AbortSignal }) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const name = `DynamoDB ${operation}`;
    return call((abortSignal) => send({ abortSignal }), { ...options, name, kind: "control", signal });
  }

  /** Replaces an item by one with another `rev`, if its `rev` is still the one that was read. */
  async function put<Row extends TokenRow | FleetRow>(
    row: Row,
    itemOf: (row: Row) => Item,
    signal?: AbortSignal,
  ): Promise<PutAnswer<Row>> {
    const written = { ...row, rev: randomBytes(12).toString("base64url") };
    const command = new PutItemCommand({
      TableName,
      Item: itemOf(written),
      ...(row.rev === ""
        ? { ConditionExpression: "attribute_not_exists(queue_url)" }
        : { ConditionExpression: "rev = :before", ExpressionAttributeValues: { ":before": { S: row.rev } } }),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    try {
      await control("PutItem", (sending) => client.send(command, sending), signal);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const current = error.Item && (rowOf(error.Item) as Row);
      // With the new `rev` it was written by a try whose answer was lost.
      if (current?.rev !== written.rev) return { ok: false, row: current };
    }
    return { ok: true, row: written };
  }

  /** Each page is 1 MB at most: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html */
  async function* pagesOf(read: (from: Item | undefined) => Promise<Page>): AsyncGenerator<(TokenRow | FleetRow)[]> {
    let from: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await read(from);
      yield Items.map(rowOf);
      from = LastEvaluatedKey;
    } while (from);
  }

  return {
    async get(key, signal) {
      const command = new GetItemCommand({ TableName, Key: keyOf(key), ConsistentRead: true });
      const { Item } = await control("GetItem", (sending) => client.send(command, sending), signal);
      return Item && (rowOf(Item) as TokenRow);
    },
    put: (row, signal) => put(row, tokenItem, signal),
    putFleet: async (row) => (await put(row, fleetItem)).ok,
    async ofQueue(queueUrl) {
      const query = {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: "queue_url = :queue",
        ExpressionAttributeValues: { ":queue": { S: queueUrl } },
      };
      const read = (ExclusiveStartKey: Item | undefined) =>
        control("Query", (sending) => client.send(new QueryCommand({ ...query, ExclusiveStartKey }), sending));
      const rows: (TokenRow | FleetRow)[] = [];
      for await (const page of pagesOf(read)) rows.push(...page);
      return { fleet: rows.find(isFleetRow), tokens: rows.filter((row): row is TokenRow => !isFleetRow(row)) };
    },
    pages: () =>
      pagesOf((ExclusiveStartKey) => {
        const command = new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey });
        return control("Scan", (sending) => client.send(command, sending));
      }),
  };
}
