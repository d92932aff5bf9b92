import { BatchWriteItemCommand, DynamoDBClient, type WriteRequest } from "@aws-sdk/client-dynamodb";
import { ConfigError, LonghaulError } from "@longhaul/core";
import { type CallTuning, call, retryable, sdkSettings } from "@longhaul/core/parts";
import type { RecordStore, StoredRecord } from "./record-store.ts";

type WrittenRecord = Pick<StoredRecord, "record" | "json">;

/** The table that records are written to, and its client. */
export interface RecordsTable {
  readonly client: Pick<DynamoDBClient, "send">;
  readonly tableName: string;
}

/** The table left items unprocessed to the end of the hop's time, which fails and is tried again later. */
export class TableBusyError extends LonghaulError {
  constructor(tableName: string, items: number) {
    super("TABLE_BUSY", `The table ${tableName} left ${items} item(s) unprocessed. Raise its capacity.`);
  }
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
const MAX_ITEMS = 25;
// 16 MB go over the network, where each quote and backslash of a record's text is two signs.
const MAX_TEXT_BYTES = 7_000_000;
const CONCURRENCY = 4;
// An item takes at most 400 KB, its keys and the names of its attributes included:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_JSON_BYTES = 400 * 1024 - 4 * 1024;

/**
 * A store of data records in a table of DynamoDB: partition key `file` (the id of the file's run), sort key `record` (its
 * number), and `data` (the record as JSON). The role needs `dynamodb:BatchWriteItem` on the table.
 *
 * @param tableName The table.
 * @param client A client of your own. Default: one made from the environment.
 * @throws ConfigError for an empty name, when the first batch is stored.
 */
export function dynamodbTable(
  tableName: string | undefined,
  client: Pick<DynamoDBClient, "send"> = new DynamoDBClient(sdkSettings()),
): RecordStore {
  const store: RecordStore = async (records, { run, signal, calls }) => {
    // Not before the first batch: a check or a command may import the app without the function's environment.
    if (!tableName) throw new ConfigError("dynamodbTable() was given no name of a table.");
    await upsertRecords({ client, tableName }, run, records, signal, calls);
  };
  return Object.assign(store, { maxRecordBytes: MAX_JSON_BYTES });
}

/**
 * Writes records under the partition key `file` and the sort key `record`, up to 25 to a request, until all are processed.
 * It is an upsert: written twice, they stand there once.
 *
 * @throws TableBusyError if the table leaves items unprocessed for as long as `calls` allows.
 */
export async function upsertRecords(
  table: RecordsTable,
  file: string,
  records: readonly WrittenRecord[],
  signal: AbortSignal,
  calls: CallTuning = {},
): Promise<void> {
  let at = 0;
  const writer = async () => {
    while (at < records.length) {
      const from = at;
      at = endOfRequest(records, from);
      const requests = records.slice(from, at).map(({ record, json }) => ({
        PutRequest: { Item: { file: { S: file }, record: { N: String(record) }, data: { S: json } } },
      }));
      await writeAll(table, requests, signal, calls);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, writer));
  } finally {
    // Where one has failed, the others begin nothing more: the hop is over.
    at = records.length;
  }
}

/** Which of the records is the first that does not fit into a request that begins with the one at `from`. */
function endOfRequest(records: readonly WrittenRecord[], from: number): number {
  let bytes = 0;
  let at = from;
  for (const { json } of records.slice(from, from + MAX_ITEMS)) {
    bytes += Buffer.byteLength(json);
    if (bytes > MAX_TEXT_BYTES && at > from) break;
    at++;
  }
  return at;
}

async function writeAll(
  { client, tableName }: RecordsTable,
  requests: readonly WriteRequest[],
  signal: AbortSignal,
  calls: CallTuning,
): Promise<void> {
  let left = requests;
  const write = async (abortSignal: AbortSignal): Promise<void> => {
    const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: [...left] } });
    const { UnprocessedItems } = await client.send(command, { abortSignal });
    left = UnprocessedItems?.[tableName] ?? [];
    if (left.length > 0) throw new TableBusyError(tableName, left.length);
  };
  await call(write, {
    ...calls,
    name: "DynamoDB BatchWriteItem",
    kind: "control",
    signal,
    // What it left unprocessed it was asked too fast.
    retryable: (error) => (error instanceof TableBusyError ? "throttled" : retryable(error)),
  });
}
