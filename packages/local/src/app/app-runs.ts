import { setTimeout as delay } from "node:timers/promises";
import type { RunClient, RunDetails } from "@longhaul/core/client";
import { outsideCredentials } from "../gateway/credentials.ts";
import type { LocalAws } from "../local-aws.ts";
import { AppStackError } from "./app-stack-error.ts";
import { atRest } from "./at-rest.ts";
import { RunsNotOverError } from "./runs-not-over-error.ts";

/** How long to wait for runs. */
export interface AppWaitOptions {
  /** Longest wait, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number;
}

/** The runs of an app, read by the run client of `@longhaul/core/client`. */
export interface AppRuns {
  /** All runs, in the order they began. */
  list(): Promise<readonly RunDetails[]>;
  /**
   * Waits until every run is over or paused and nothing is under way. Answers with the run, of several with the first.
   *
   * @throws {@link RunsNotOverError} if a run is not over in time, or no run has begun when nothing is under way any more.
   */
  wait(options?: AppWaitOptions): Promise<RunDetails>;
  /** The same, with all runs as the answer. */
  waitAll(options?: AppWaitOptions): Promise<readonly [RunDetails, ...RunDetails[]]>;
}

/** The variable in which `RecursiveFunction` names the table of runs to its function. */
const RUN_TABLE_VARIABLE = "LONGHAUL_RUN_TABLE";

/**
 * The runs of an app's function.
 *
 * @param printed - lines that the functions printed so far, for errors.
 */
export function appRuns(aws: LocalAws, functionName: string, printed: readonly string[]): AppRuns {
  const list = () => withRunClient(aws, functionName, allRuns);

  async function waitAll({ timeoutMs = 60_000 }: AppWaitOptions = {}): Promise<readonly [RunDetails, ...RunDetails[]]> {
    const given = new AbortController();
    const late = delay(timeoutMs, "late" as const, { signal: given.signal, ref: false });
    late.catch(() => undefined);
    try {
      for (;;) {
        const { promise: begun, resolve } = Promise.withResolvers<"begun">();
        const off = aws.lambda.on("invoke.start", () => resolve("begun"));
        try {
          const rested = await Promise.race([atRest(aws), late]);
          const runs = await list();
          const [first, ...more] = runs;
          if (first && runs.every(({ status }) => status !== "running" && status !== "sleeping"))
            return [first, ...more];
          if (rested === "late" || !first) throw new RunsNotOverError(timeoutMs, runs, printed);
          // Nothing is under way, and a run is not over: a sweep is to wake it.
          if ((await Promise.race([begun, late])) === "late") throw new RunsNotOverError(timeoutMs, runs, printed);
        } finally {
          off();
        }
      }
    } finally {
      given.abort();
    }
  }

  return {
    list,
    waitAll,
    wait: async (options) => (await waitAll(options))[0],
  };
}

async function allRuns(client: RunClient<object, unknown>): Promise<readonly RunDetails[]> {
  const runs: RunDetails[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await client.list({ cursor });
    runs.push(...page.runs);
    cursor = page.cursor;
  }
  return runs.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
}

async function withRunClient<Answer>(
  aws: LocalAws,
  functionName: string,
  work: (client: RunClient<object, unknown>) => Promise<Answer>,
): Promise<Answer> {
  const tableName = aws.lambda.getFunction(functionName).environment[RUN_TABLE_VARIABLE];
  if (tableName === undefined) {
    throw new AppStackError(`The function ${functionName} has no ${RUN_TABLE_VARIABLE}, so its runs have no records.`);
  }
  // Apps whose runs have records have these packages.
  const [{ runClient }, { dynamodbRunStore }, { lambdaDriver }, { DynamoDBClient }, { LambdaClient }] =
    await Promise.all([
      import("@longhaul/core/client"),
      import("@longhaul/core/dynamodb"),
      import("@longhaul/core/lambda"),
      import("@aws-sdk/client-dynamodb"),
      import("@aws-sdk/client-lambda"),
    ]);
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const [dynamodb, lambda] = [new DynamoDBClient(access), new LambdaClient(access)];
  try {
    const store = dynamodbRunStore({ tableName, client: dynamodb });
    return await work(runClient({ store, driver: lambdaDriver({ client: lambda }), target: functionName }));
  } finally {
    dynamodb.destroy();
    lambda.destroy();
  }
}
