import type { DynamoDbJson } from "./dynalite-engine.ts";

/** Region and account that resource names are made with. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** The ARN of a table. */
export function tableArn({ region, accountId }: Place, name: string): string {
  return `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
}

/**
 * The resources whose permission one operation needs. The IAM action is `dynamodb:` and the operation's own name.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function resourcesOf(place: Place, operation: string, input: DynamoDbJson): readonly string[] {
  if (operation === "ListTables") return ["*"];
  if (typeof input.ResourceArn === "string") return [input.ResourceArn];
  const requestItems = input.RequestItems;
  if (typeof requestItems === "object" && requestItems !== null) {
    return Object.keys(requestItems).map((name) => tableArn(place, name));
  }
  if (typeof input.TableName !== "string") return ["*"];
  const arn = tableArn(place, input.TableName);
  return [typeof input.IndexName === "string" ? `${arn}/index/${input.IndexName}` : arn];
}
