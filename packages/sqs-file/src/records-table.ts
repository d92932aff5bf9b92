import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from "@aws-sdk/client-dynamodb";
import { LonghaulError } from "@longhaul/core";

/** A record as it is written: by its number in the file, so that writing it again changes nothing. */
export interface NumberedRecord {
  readonly record: number;
  /** The record as JSON. */
  readonly json: string;
}

/** What records are written with. */
export interface RecordsTable {
  readonly client: Pick<DynamoDBClient, "send">;
  readonly tableName: string;
  /** Waits so many milliseconds, or until the signal aborts. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** The table takes no more, however long it is given. The hop fails and is tried again later. */
export class TableBusyError extends LonghaulError {
  constructor(tableName: string, items: number, attempts: number) {
    super(
      "TABLE_BUSY",
      `The table ${tableName} left ${items} item(s) unprocessed ${attempts} times in a row. Raise its capacity.`,
    );
  }
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
const MAX_ITEMS = 25;
// 16 MB go over the network, where each quote and backslash of a record's text is two signs.
const MAX_TEXT_BYTES = 7_000_000;
const CONCURRENCY = 4;
const ATTEMPTS = 10;
const FIRST_PAUSE_MS = 50;

/**
 * Writes records under the partition key `file` and the sort key `record`, up to 25 to a request, until all are processed.
 * It is an upsert: written twice, they stand there once.
 *
 * @throws TableBusyError if the table leaves items unprocessed ten times in a row.
 */
export async function upsertRecords(
  table: RecordsTable,
  file: string,
  records: readonly NumberedRecord[],
  signal: AbortSignal,
): Promise<void> {
  let at = 0;
  const writer = async () => {
    while (at < records.length) {
      const from = at;
      at = endOfRequest(records, from);
      const requests = records.slice(from, at).map(({ record, json }) => ({
        PutRequest: { Item: { file: { S: file }, record: { N: String(record) }, data: { S: json } } },
      }));
      await writeAll(table, requests, signal);
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
function endOfRequest(records: readonly NumberedRecord[], from: number): number {
  let bytes = 0;
  let at = from;
  for (const { json } of records.slice(from, from + MAX_ITEMS)) {
    bytes += Buffer.byteLength(json);
    if (bytes > MAX_TEXT_BYTES && at > from) break;
    at++;
  }
  return at;
}

async function writeAll(table: RecordsTable, requests: readonly WriteRequest[], signal: AbortSignal): Promise<void> {
  let left = requests;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    const command = new BatchWriteItemCommand({ RequestItems: { [table.tableName]: [...left] } });
    const { UnprocessedItems } = await table.client.send(command, { abortSignal: signal });
    left = UnprocessedItems?.[table.tableName] ?? [];
    if (left.length === 0) return;
    if (attempt === ATTEMPTS) throw new TableBusyError(table.tableName, left.length, attempt);
    await table.pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + table.random() / 2), signal);
  }
}
