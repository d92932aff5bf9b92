import { DescribeTableCommand, DescribeTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import {
  type FunctionConfiguration,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetFunctionRecursionConfigCommand,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import { RUN_TABLE_VARIABLE } from "../runs/access-options.ts";
import type { Account } from "../runs/account.ts";

/** The settings of a function that recursion depends on, as its account tells them. */
export interface FunctionFacts {
  readonly functionName: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  /** `Active`, or why it cannot be invoked. */
  readonly state: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly recursiveLoop: string;
  /** `undefined`: none is reserved. */
  readonly reservedConcurrency: number | undefined;
  readonly retryAttempts: number;
  readonly maxEventAgeSeconds: number;
  /** ARN of the on-failure destination. */
  readonly onFailure: string | undefined;
  /** `undefined`: the function names no run table. */
  readonly table: TableFacts | undefined;
}

/** The run table, as its account tells it. */
export interface TableFacts {
  readonly tableName: string;
  /** `false`: there is no such table. */
  readonly exists: boolean;
  readonly partitionKey: string | undefined;
  readonly indexes: readonly string[];
  /** The attribute by which records expire. */
  readonly ttl: string | undefined;
  /** Names of functions that sweep this table. */
  readonly sweepers: readonly string[];
}

/** Lambda's defaults: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html */
const ASYNC_DEFAULTS = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600, DestinationConfig: undefined };

/** Reads the settings of a function. Nothing is changed. */
export async function functionFacts(account: Account, functionName: string): Promise<FunctionFacts> {
  const { lambda } = account;
  const FunctionName = functionName;
  const [configuration, recursion, concurrency, events] = await Promise.all([
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
    lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName })),
    lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })),
    orIfMissing(lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })), ASYNC_DEFAULTS),
  ]);
  const variables = configuration.Environment?.Variables ?? {};
  const tableName = variables[RUN_TABLE_VARIABLE];
  return {
    functionName: configuration.FunctionName ?? functionName,
    runtime: configuration.Runtime ?? "",
    timeoutSeconds: configuration.Timeout ?? 3,
    memoryMb: configuration.MemorySize ?? 128,
    state: stateOf(configuration),
    variables,
    recursiveLoop: recursion.RecursiveLoop ?? "Terminate",
    reservedConcurrency: concurrency.ReservedConcurrentExecutions,
    retryAttempts: events.MaximumRetryAttempts ?? ASYNC_DEFAULTS.MaximumRetryAttempts,
    maxEventAgeSeconds: events.MaximumEventAgeInSeconds ?? ASYNC_DEFAULTS.MaximumEventAgeInSeconds,
    onFailure: events.DestinationConfig?.OnFailure?.Destination,
    table: tableName === undefined ? undefined : await tableFacts(account, tableName),
  };
}

function stateOf({ State = "Active", StateReason }: FunctionConfiguration): string {
  return StateReason === undefined || State === "Active" ? State : `${State}: ${StateReason}`;
}

async function tableFacts(account: Account, TableName: string): Promise<TableFacts> {
  const described = await orIfMissing(account.dynamodb.send(new DescribeTableCommand({ TableName })), undefined);
  if (!described?.Table) {
    return { tableName: TableName, exists: false, partitionKey: undefined, indexes: [], ttl: undefined, sweepers: [] };
  }
  const { KeySchema = [], GlobalSecondaryIndexes = [] } = described.Table;
  const [{ TimeToLiveDescription: ttl }, sweepers] = await Promise.all([
    account.dynamodb.send(new DescribeTimeToLiveCommand({ TableName })),
    sweepersOf(account, TableName),
  ]);
  return {
    tableName: TableName,
    exists: true,
    partitionKey: KeySchema.find(({ KeyType }) => KeyType === "HASH")?.AttributeName,
    indexes: GlobalSecondaryIndexes.flatMap(({ IndexName }) => (IndexName === undefined ? [] : [IndexName])),
    ttl: ttl?.TimeToLiveStatus === "ENABLED" ? ttl.AttributeName : undefined,
    sweepers,
  };
}

/** A sweeper has the table's name, and the variable that only sweepers have. */
async function sweepersOf({ lambda }: Account, tableName: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName, Environment: { Variables = {} } = {} } of Functions) {
      const isSweeper = Variables[RUN_TABLE_VARIABLE] === tableName && "LONGHAUL_RESUME_AFTER_MS" in Variables;
      if (isSweeper && FunctionName !== undefined) names.push(FunctionName);
    }
  }
  return names;
}

async function orIfMissing<Found, Else>(found: Promise<Found>, otherwise: Else): Promise<Found | Else> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return otherwise;
    throw error;
  }
}
