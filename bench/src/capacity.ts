import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** An item as the wire has it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Requests and capacity units of some calls. */
export interface Consumed {
  readonly requests: number;
  /** By the rule of AWS, from the sizes of the items. */
  readonly readUnits: number;
  readonly writeUnits: number;
  /** The read units that the server of the bench reported itself. */
  readonly reportedReadUnits: number;
}

interface CallInput {
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
}

interface CallAnswer {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly Attributes?: Item;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly ConsumedCapacity?: Units | readonly Units[];
}

interface Units {
  readonly CapacityUnits?: number;
}

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;
/** A sweep changes one key of the index `live`: the entry is deleted, and written in its new place. */
const MOVED_ENTRY_UNITS = 2;

/** Counts the calls of a client from here on; the answer is what they consumed so far. */
export function countCalls(client: DynamoDBClient): () => Consumed {
  let requests = 0;
  let readUnits = 0;
  let writeUnits = 0;
  let reportedReadUnits = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (call) => {
        const input = call.input as CallInput;
        Object.assign(input, { ReturnConsumedCapacity: "TOTAL" });
        const result = await next(call);
        const answer = result.output as CallAnswer;
        requests++;
        if (commandName === "UpdateItemCommand") writeUnits += unitsOfSweepersWrite(answer.Attributes ?? {});
        else {
          readUnits += unitsOfRead(input, answer);
          for (const { CapacityUnits = 0 } of [answer.ConsumedCapacity ?? []].flat() as Units[])
            reportedReadUnits += CapacityUnits;
        }
        return result;
      },
    { step: "initialize", name: "countCalls" },
  );
  return () => ({ requests, readUnits, writeUnits, reportedReadUnits });
}

/**
 * Read units of a call. A query rounds up the size of all that it read; of other reads each item is rounded up. An
 * eventually consistent read costs half, and one that finds nothing costs as much as the smallest.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
function unitsOfRead({ ConsistentRead, RequestItems }: CallInput, { Item, Items, Responses }: CallAnswer): number {
  const units = (bytes: number) => Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
  if (Items) return units(sizeOf(Items)) * (ConsistentRead ? 1 : 0.5);
  const single = Object.entries(Responses ?? {}).flatMap(([table, items]) => {
    const share = RequestItems?.[table]?.ConsistentRead ? 1 : 0.5;
    return items.map((item) => units(itemBytes(item)) * share);
  });
  if (Responses) return single.reduce((sum, each) => sum + each, 0);
  return units(Item ? itemBytes(Item) : 0) * (ConsistentRead ? 1 : 0.5);
}

/** Write units of the one write of a sweep, by the item after it, which is the larger. */
function unitsOfSweepersWrite(after: Item): number {
  return Math.ceil(itemBytes(after) / WRITE_UNIT_BYTES) + MOVED_ENTRY_UNITS;
}

function sizeOf(items: readonly Item[]): number {
  return items.reduce((sum, item) => sum + itemBytes(item), 0);
}

/**
 * The size of an item of texts and numbers, in bytes: a number takes one for two digits, and one more.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, { S, N }] of Object.entries(item)) {
    if (S === undefined && N === undefined) throw new Error(`${name} is neither a text nor a number.`);
    const digits = (N ?? "").replace(/[-.]/g, "").replace(/^0+|0+$/g, "").length;
    bytes += Buffer.byteLength(name) + (S === undefined ? 1 + Math.ceil(digits / 2) : Buffer.byteLength(S));
  }
  return bytes;
}
