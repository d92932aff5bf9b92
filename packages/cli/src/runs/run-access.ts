import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { type RunClient, type RunDetails, runClient } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { printable } from "../printable.ts";
import { UsageError } from "../usage-error.ts";
import { type AccessOptions, RUN_TABLE_VARIABLE } from "./access-options.ts";
import { type Account, withAccountOf } from "./account.ts";

/** The runs of a table. */
export interface RunAccess {
  readonly client: RunClient<object, unknown>;
  readonly tableName: string;
  readonly account: Account;
}

/** Lets a verb work on the runs of a table. */
export async function withRuns<Answer>(
  options: AccessOptions & { readonly target?: string | undefined },
  work: (access: RunAccess) => Promise<Answer>,
): Promise<Answer> {
  return withAccountOf(options, async (account) => {
    const tableName = await tableOf(account, options);
    return work({ client: runsOf(account, tableName, options.target), tableName, account });
  });
}

/** The runs of a table, whose events go to their functions. */
export function runsOf(account: Account, tableName: string, target?: string): RunAccess["client"] {
  const store = dynamodbRunStore({ tableName, client: account.dynamodb });
  return runClient({ store, driver: lambdaDriver({ client: account.lambda }), target });
}

/**
 * Name of the table that the options say, or the variable of the function that they name.
 *
 * @throws {@link UsageError} if neither does.
 */
export async function tableOf(
  account: Account,
  { table, function: named, target }: Parameters<typeof withRuns>[0],
): Promise<string> {
  if (table !== undefined) return table;
  const functionName = named ?? target;
  if (functionName !== undefined) {
    const command = new GetFunctionConfigurationCommand({ FunctionName: functionName });
    const { Environment } = await account.lambda.send(command);
    const found = Environment?.Variables?.[RUN_TABLE_VARIABLE];
    if (found !== undefined) return found;
    throw new UsageError(`The function ${functionName} has no variable ${RUN_TABLE_VARIABLE}. Give --table NAME.`);
  }
  const found = process.env[RUN_TABLE_VARIABLE] ?? account.dev?.tableName;
  if (found !== undefined) return found;
  throw new UsageError(`Give --table NAME or --function NAME, or set ${RUN_TABLE_VARIABLE}.`);
}

/** @throws {@link UsageError} if there is no such run. */
export function found(run: RunDetails<object> | undefined, id: string, tableName: string): RunDetails<object> {
  if (run) return run;
  throw new UsageError(`There is no run ${printable(id)} in table ${tableName}. longhaul runs lists them.`);
}
