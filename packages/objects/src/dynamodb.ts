/** Data records in a table of DynamoDB. Needs `@aws-sdk/client-dynamodb`. */
export { dynamodbTable, TableBusyError } from "./load/dynamodb-table.ts";
