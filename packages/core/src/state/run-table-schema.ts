/**
 * The keys of a run table, to make one without the `RunTable` construct. Both indexes project the keys alone.
 *
 * - `live` holds runs that are handed off or running, by when they are due: what a sweep reads. An item leaves it when its
 *   run ends or waits, so a sweep costs what is due, not what is stored.
 * - `status` holds all runs, by when they came to their status: for lists.
 *
 * The partition keys of the indexes are spread over {@link RUN_TABLE_SHARDS} values, as `live#0` and `done#3`.
 */
export const runTableSchema = {
  partitionKey: { name: "run", type: "S" },
  timeToLive: "ttl",
  indexes: [
    { name: "live", partitionKey: { name: "live", type: "S" }, sortKey: { name: "dueAtMs", type: "N" } },
    { name: "status", partitionKey: { name: "status", type: "S" }, sortKey: { name: "changedAtMs", type: "N" } },
  ],
} as const;

/**
 * The request that makes a run table: `new CreateTableCommand(runTableRequest("runs"))`. The time to live is set by a
 * request of its own (`UpdateTimeToLive`).
 *
 * @param name - name of the table
 */
export function runTableRequest(name: string) {
  const { partitionKey, indexes } = runTableSchema;
  const keys = [partitionKey, ...indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])];
  return {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST" as const,
    AttributeDefinitions: keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: [{ AttributeName: partitionKey.name, KeyType: "HASH" as const }],
    GlobalSecondaryIndexes: indexes.map(({ name, partitionKey, sortKey }) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: partitionKey.name, KeyType: "HASH" as const },
        { AttributeName: sortKey.name, KeyType: "RANGE" as const },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" as const },
    })),
  };
}

/** Over how many partitions the runs of an index are spread: one takes 1,000 writes a second. */
export const RUN_TABLE_SHARDS = 4;

/** The values of the partition key of an index. */
export function shardsOf(prefix: string): readonly string[] {
  return Array.from({ length: RUN_TABLE_SHARDS }, (_, shard) => `${prefix}#${shard}`);
}

/** The value of the partition key under which an index holds a run: always the same for one run. */
export function shardOf(prefix: string, run: string): string {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (let i = 0; i < run.length; i++) hash = Math.imul(hash ^ run.charCodeAt(i), 0x01000193);
  return `${prefix}#${(hash >>> 0) % RUN_TABLE_SHARDS}`;
}
