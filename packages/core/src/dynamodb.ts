export { type DynamodbRunStoreOptions, dynamodbRunStore } from "./state/dynamodb-run-store.ts";
