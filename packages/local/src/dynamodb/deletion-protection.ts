import type { DynamoDbEngine, DynamoDbJson } from "./dynalite-engine.ts";
import { dynamoDbError } from "./dynamodb-error.ts";
import { deletedTable, describedTable, withWholeId } from "./table-description.ts";

/** The operations on tables, with deletion protection, which dynalite does not have. */
export interface ProtectedTables {
  create(input: DynamoDbJson): Promise<DynamoDbJson>;
  update(input: DynamoDbJson): Promise<DynamoDbJson>;
  /** @throws {DynamoDbError} `ValidationException` for a protected table. */
  delete(input: DynamoDbJson): Promise<DynamoDbJson>;
  describe(input: DynamoDbJson): Promise<DynamoDbJson>;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html - deletion protection */
export function protectTables(engine: DynamoDbEngine): ProtectedTables {
  const names = new Set<string>();

  function set(name: string, isProtected: unknown): void {
    if (isProtected === true) names.add(name);
    if (isProtected === false) names.delete(name);
  }

  function told(answer: DynamoDbJson, field: "Table" | "TableDescription"): DynamoDbJson {
    const table = (answer[field] ?? {}) as DynamoDbJson;
    const isProtected = names.has(String(table.TableName));
    return { ...answer, [field]: { ...withWholeId(table), DeletionProtectionEnabled: isProtected } };
  }

  return {
    async create({ DeletionProtectionEnabled, ...input }) {
      const answer = await engine.call("CreateTable", input);
      set(String(input.TableName), DeletionProtectionEnabled ?? false);
      return told(answer, "TableDescription");
    },
    async update({ DeletionProtectionEnabled, ...input }) {
      // Protection may be all that changes, which dynalite would take for nothing.
      const isAll = DeletionProtectionEnabled !== undefined && Object.keys(input).length === 1;
      const answer = isAll
        ? { TableDescription: (await engine.call("DescribeTable", { TableName: input.TableName })).Table }
        : await engine.call("UpdateTable", input);
      set(String(input.TableName), DeletionProtectionEnabled);
      return told(answer, "TableDescription");
    },
    async delete(input) {
      if (names.has(String(input.TableName))) {
        throw dynamoDbError(
          "ValidationException",
          "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        );
      }
      const answer = await engine.call("DeleteTable", input);
      return { ...answer, TableDescription: deletedTable((answer.TableDescription ?? {}) as DynamoDbJson) };
    },
    async describe(input) {
      const answer = await engine.call("DescribeTable", input);
      return told({ ...answer, Table: describedTable((answer.Table ?? {}) as DynamoDbJson) }, "Table");
    },
  };
}
