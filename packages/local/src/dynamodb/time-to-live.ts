import type { Clock } from "../gateway/clock.ts";
import type { DynamoDbEngine, DynamoDbJson } from "./dynalite-engine.ts";
import { DynamoDbError, dynamoDbError } from "./dynamodb-error.ts";

/** Expiry of items by an attribute that holds seconds since the epoch. */
export interface TimeToLive {
  /** Answers `UpdateTimeToLive`. */
  update(input: DynamoDbJson): Promise<DynamoDbJson>;
  /** Answers `DescribeTimeToLive`. */
  describe(input: DynamoDbJson): Promise<DynamoDbJson>;
  /** Forgets a table that was deleted. */
  forget(tableName: string): void;
  /** Deletes what is due now, in all tables; returns how many. Runs by itself every {@link TimeToLiveOptions.sweepMs}. */
  sweep(): Promise<number>;
  stop(): void;
}

/** How often and by which clock items expire. */
export interface TimeToLiveOptions {
  readonly clock: Clock;
  /** Time between sweeps. AWS deletes "within a few days"; default here 10 s. */
  readonly sweepMs?: number;
}

/** Items whose time lies further back are taken for a mistake and kept, as DynamoDB does. */
const fiveYearsSeconds = 5 * 365 * 24 * 3600;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
export function createTimeToLive(engine: DynamoDbEngine, { clock, sweepMs = 10_000 }: TimeToLiveOptions): TimeToLive {
  const attributes = new Map<string, string>();
  let cancelTimer: (() => void) | undefined;
  let isStopped = false;

  function schedule(): void {
    if (isStopped || cancelTimer || attributes.size === 0) return;
    cancelTimer = clock.after(sweepMs, () => {
      cancelTimer = undefined;
      // A table that vanishes during a sweep is no failure; the next sweep does without it.
      sweep().then(schedule, schedule);
    });
  }

  async function sweep(): Promise<number> {
    let deleted = 0;
    for (const [tableName, attribute] of attributes) {
      deleted += await deleteExpired(engine, tableName, attribute, Math.floor(clock.nowMs() / 1000));
    }
    return deleted;
  }

  return {
    sweep,
    async update(input) {
      const tableName = String(input.TableName ?? "");
      await engine.call("DescribeTable", { TableName: tableName });
      const { AttributeName: name, Enabled: isEnabled } = (input.TimeToLiveSpecification ?? {}) as DynamoDbJson;
      if (typeof name !== "string" || name === "" || typeof isEnabled !== "boolean") {
        throw dynamoDbError("ValidationException", "TimeToLiveSpecification needs AttributeName and Enabled");
      }
      const current = attributes.get(tableName);
      if (isEnabled && current !== undefined) {
        throw dynamoDbError("ValidationException", "TimeToLive is already enabled");
      }
      if (!isEnabled && current === undefined) {
        throw dynamoDbError("ValidationException", "TimeToLive is already disabled");
      }
      if (!isEnabled && current !== name) {
        throw dynamoDbError("ValidationException", "TimeToLive is active on a different AttributeName");
      }
      if (isEnabled) attributes.set(tableName, name);
      else attributes.delete(tableName);
      schedule();
      return { TimeToLiveSpecification: { AttributeName: name, Enabled: isEnabled } };
    },
    async describe(input) {
      const tableName = String(input.TableName ?? "");
      await engine.call("DescribeTable", { TableName: tableName });
      const name = attributes.get(tableName);
      return {
        TimeToLiveDescription:
          name === undefined ? { TimeToLiveStatus: "DISABLED" } : { TimeToLiveStatus: "ENABLED", AttributeName: name },
      };
    },
    forget: (tableName) => void attributes.delete(tableName),
    stop() {
      isStopped = true;
      cancelTimer?.();
    },
  };
}

async function deleteExpired(
  engine: DynamoDbEngine,
  tableName: string,
  attribute: string,
  nowSeconds: number,
): Promise<number> {
  const isExpired = "attribute_type(#ttl, :number) AND #ttl BETWEEN :oldest AND :now";
  const condition = {
    ExpressionAttributeNames: { "#ttl": attribute },
    ExpressionAttributeValues: {
      ":number": { S: "N" },
      ":oldest": { N: String(nowSeconds - fiveYearsSeconds) },
      ":now": { N: String(nowSeconds) },
    },
  };
  const { Table } = (await engine.call("DescribeTable", { TableName: tableName })) as { Table?: TableDescription };
  const keyNames = (Table?.KeySchema ?? []).map(({ AttributeName }) => AttributeName);
  let deleted = 0;
  let startKey: unknown;
  do {
    const page = await engine.call("Scan", {
      TableName: tableName,
      FilterExpression: isExpired,
      ...structuredClone(condition),
      ...(startKey !== undefined && { ExclusiveStartKey: startKey }),
    });
    for (const item of page.Items as DynamoDbJson[]) {
      const Key = Object.fromEntries(keyNames.map((name) => [name, item[name]]));
      // Checked again on deleting: the item may have been given more time since it was read.
      const input = { TableName: tableName, Key, ConditionExpression: isExpired, ...structuredClone(condition) };
      deleted += await engine.call("DeleteItem", input).then(
        () => 1,
        (error: unknown) => {
          if (error instanceof DynamoDbError && error.code === "ConditionalCheckFailedException") return 0;
          throw error;
        },
      );
    }
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
  return deleted;
}

type TableDescription = { readonly KeySchema?: readonly { readonly AttributeName: string }[] };
