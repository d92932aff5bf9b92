import { createRequire } from "node:module";
import { DynamoDbError, dynamoDbError } from "./dynamodb-error.ts";

/** The parsed JSON of a request or an answer. */
export type DynamoDbJson = Record<string, unknown>;

/** DynamoDB's data plane, called in-process. */
export interface DynamoDbEngine {
  /** @throws {DynamoDbError} as DynamoDB refuses. `input` is taken over and may be changed. */
  call(operation: EngineOperation, input: DynamoDbJson): Promise<DynamoDbJson>;
  /** Takes no more calls, and resolves when those under way are answered. */
  close(): Promise<void>;
}

/** Operations dynalite answers. */
export type EngineOperation = (typeof engineOperations)[number];

/** The names of {@link EngineOperation}. */
export const engineOperations = [
  ...(["BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"] as const),
  ...(["CreateTable", "DeleteTable", "DescribeTable", "ListTables", "UpdateTable"] as const),
  ...(["TagResource", "UntagResource", "ListTagsOfResource"] as const),
] as const;

// dynalite's HTTP layer reads region and account from this process's environment and hides its store, so its parts are
// used directly; its version is pinned for that reason. These are the shapes of those parts.
type Failure = Error & { statusCode?: number; body?: DynamoDbJson };
type Iterator = { close(): Promise<void>; return?: () => Promise<void> };
type Store = {
  db: { values(options?: object): Iterator; keys(options?: object): Iterator };
  tableDb: { awsRegion: string; awsAccountId: string };
  lifecycleManager: { gracefulClose(): Promise<void> };
};
type Database = {
  create(options: Record<string, number>): Store;
  checkConditional(data: DynamoDbJson, existing: DynamoDbJson | undefined): Failure | null | undefined;
  returnsOldItem?: boolean;
};
type OperationTypes = Record<string, unknown>;
type Validations = {
  checkTypes(data: DynamoDbJson, types: OperationTypes): DynamoDbJson;
  checkValidations(data: DynamoDbJson, types: OperationTypes, custom: unknown, store: Store): void;
};
type Action = (store: Store, data: DynamoDbJson, done: (error: Failure | null, answer?: DynamoDbJson) => void) => void;

const require = createRequire(import.meta.url);
const conditionalWrites = ["PutItem", "UpdateItem", "DeleteItem"];
const tableChanges = ["CreateTable", "UpdateTable", "DeleteTable"];

/** Starts an empty in-memory dynalite. A table is usable, changed or gone as soon as the call is answered. */
export function createDynaliteEngine(options: { readonly region: string; readonly accountId: string }): DynamoDbEngine {
  const database: Database = require("dynalite/db/index.js");
  const validations: Validations = require("dynalite/validations/index.js");
  const operations = new Map(engineOperations.map((name) => [name, loadOperation(name)]));
  teachOldItem(database, operations);
  teachConsistentScan(operations);
  const store = database.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  closeIterators(store);
  store.tableDb.awsRegion = options.region;
  store.tableDb.awsAccountId = options.accountId;
  const underWay = new Set<Promise<DynamoDbJson>>();
  let isClosed = false;

  function run(name: EngineOperation, input: DynamoDbJson): Promise<DynamoDbJson> {
    const operation = operations.get(name);
    return new Promise<DynamoDbJson>((resolve, reject) => {
      if (!operation) throw new Error(`dynalite has no operation ${name}`);
      const { types, custom, run } = operation;
      const data = validations.checkTypes(input, types);
      validations.checkValidations(data, types, custom, store);
      run(store, data, (error, answer) => (error ? reject(error) : resolve(answer ?? {})));
    }).catch((error: Failure) => {
      throw error.statusCode && error.body ? new DynamoDbError(error.statusCode, error.body) : error;
    });
  }

  /** dynalite answers, and then changes the table by a timer, and the very object that it answered with. */
  async function changeTable(name: EngineOperation, input: DynamoDbJson): Promise<DynamoDbJson> {
    const answer = structuredClone(await run(name, input));
    const { TableName } = answer.TableDescription as { TableName: string };
    for (;;) {
      const found = await run("DescribeTable", { TableName }).catch((error: unknown) => {
        if (error instanceof DynamoDbError) return undefined;
        throw error;
      });
      const status = (found?.Table as { TableStatus: string } | undefined)?.TableStatus;
      if (status === undefined || status === "ACTIVE") return answer;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    async call(name, input) {
      if (isClosed) throw dynamoDbError("ServiceUnavailable", "The embedded DynamoDB is stopped.", 503);
      const answer = tableChanges.includes(name) ? changeTable(name, input) : run(name, input);
      underWay.add(answer);
      return answer.finally(() => underWay.delete(answer));
    },
    async close() {
      isClosed = true;
      // In the middle of a scan, dynalite would throw from a timer, which ends the process.
      await Promise.allSettled(underWay);
      await store.lifecycleManager.gracefulClose();
    },
  };
}

/**
 * Closes the iterators of queries and scans. dynalite asks for `return()`, which they do not have, so each would stay open, and keep
 * what the table held at its time, until the database is closed.
 */
function closeIterators({ db }: Store): void {
  for (const name of ["values", "keys"] as const) {
    const open = db[name].bind(db);
    db[name] = (options) => {
      const iterator = open(options);
      iterator.return = () => iterator.close();
      return iterator;
    };
  }
}

function loadOperation(name: string): { types: OperationTypes; custom: unknown; run: Action } {
  const file = `${name[0]?.toLowerCase()}${name.slice(1)}.js`;
  const { types, custom } = require(`dynalite/validations/${file}`) as { types: OperationTypes; custom: unknown };
  return { types, custom, run: require(`dynalite/actions/${file}`) as Action };
}

/** dynalite's scan refuses a consistent read of a global index, but drops the field before. */
function teachConsistentScan(operations: ReadonlyMap<string, { types: OperationTypes }>): void {
  const types = operations.get("Scan")?.types;
  if (types) types.ConsistentRead = "Boolean";
}

/**
 * Adds `ReturnValuesOnConditionCheckFailure: ALL_OLD`: dynalite evaluates the condition under the item's lock, and that
 * is the one place where the old item can be told without a second read.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
 */
function teachOldItem(database: Database, operations: ReadonlyMap<string, { types: OperationTypes }>): void {
  for (const name of conditionalWrites) {
    const types = operations.get(name)?.types;
    if (types) types.ReturnValuesOnConditionCheckFailure = { type: "String", enum: ["ALL_OLD", "NONE"] };
  }
  if (database.returnsOldItem) return;
  const check = database.checkConditional;
  database.checkConditional = (data, existing) => {
    const failure = check(data, existing);
    if (failure?.body && existing && data.ReturnValuesOnConditionCheckFailure === "ALL_OLD")
      failure.body.Item = existing;
    return failure;
  };
  database.returnsOldItem = true;
}
