/** The embedded AWS with a run table of any size, in a process of its own. Told over IPC how many records to have. */
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { runTableRequest } from "@longhaul/core/store";
import { outsideCredentials, startLocalAws } from "@longhaul/local";
import { type Item, itemBytes } from "./capacity.ts";
import { itemsLikeTheStores, TABLE } from "./run-table-items.ts";

/** The bench's request to the server: a table of so many records, some of which are due. */
export interface FillRequest {
  readonly records: number;
  readonly due: number;
}

/** The table as it is now. */
export interface FilledTable {
  readonly url: string;
  readonly region: string;
  readonly bytesPerRecord: number;
}

const BATCH = 25;
const BATCHES_AT_ONCE = 8;

const aws = await startLocalAws();
process.once("disconnect", async () => {
  await aws.stop();
  process.exit(0);
});
await aws.dynamodb.call("CreateTable", runTableRequest(TABLE));
const client = new DynamoDBClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
const itemOf = await itemsLikeTheStores(client, Date.now());
for (const status of ["done", "running", "sleeping", "paused", "failed", "stopped"])
  await client.send(new DeleteItemCommand({ TableName: TABLE, Key: { run: { S: `model-${status}` } } }));
client.destroy();
let filled = 0;

async function put(items: readonly Item[]): Promise<void> {
  const writes = items.map((Item) => ({ PutRequest: { Item } }));
  await aws.dynamodb.call("BatchWriteItem", { RequestItems: { [TABLE]: writes } });
}

async function fill({ records, due }: FillRequest): Promise<void> {
  // Written anew each time: the sweep before has postponed them.
  for (let index = 0; index < due; index++) await put([itemOf(index, true)]);
  filled = Math.max(filled, due);
  const worker = async () => {
    while (filled < records) {
      const from = filled;
      filled = Math.min(records, from + BATCH);
      await put(Array.from({ length: filled - from }, (_, index) => itemOf(from + index)));
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker));
}

process.on("message", async (request: FillRequest) => {
  await fill(request);
  let bytes = 0;
  for (let index = 100; index < 200; index++) bytes += itemBytes(itemOf(index));
  process.send?.({ url: aws.url, region: aws.region, bytesPerRecord: bytes / 100 } satisfies FilledTable);
});
