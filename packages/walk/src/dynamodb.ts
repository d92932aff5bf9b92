/** Records of walks in a DynamoDB table. */

export type { KeyRange } from "./listing/key-range.ts";
export type { CallScope } from "./runs/call-scope.ts";
export { type DynamodbWalkRecordsOptions, dynamodbWalkRecords } from "./runs/dynamodb-walk-records.ts";
export type { SummarySpill } from "./runs/fitting-entry.ts";
export type { Hint, LearnedPoint } from "./runs/learned-partition.ts";
export type { LogEntry, LogOutline, PartEnding } from "./runs/part-log.ts";
export type { WalkTarget } from "./runs/walk-action.ts";
export type { WalkRecord, WalkRecords, WalkRecordsCalls, WalkRecordsSource } from "./runs/walk-records.ts";
