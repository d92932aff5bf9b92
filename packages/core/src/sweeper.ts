import { assertAmount } from "./config.ts";
import { dynamodbRunStore } from "./dynamodb.ts";
import { ConfigError } from "./errors.ts";
import { lambdaDriver } from "./lambda.ts";
import { type SweepReport, sweep } from "./state/sweep.ts";

let sweeping: ReturnType<typeof fromEnvironment> | undefined;

/**
 * A Lambda handler that sweeps a run table on a schedule: sends again what is due, by asynchronous invocation. Reads its
 * settings from the environment: `LONGHAUL_RUN_TABLE`, the table's name, and `LONGHAUL_RESUME_AFTER_MS`, how long a run must
 * have been due. Needs `@aws-sdk/client-dynamodb` and `@aws-sdk/client-lambda`. Fails when a run could not be resumed, so
 * that the function's `Errors` metric shows it.
 *
 * @throws {@link ConfigError} if a variable is not set, or the time is not a number above 0.
 */
export async function handler(_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<SweepReport> {
  sweeping ??= fromEnvironment();
  const { tableName, olderThanMs, store, driver } = sweeping;
  const report = await sweep({ store, driver, olderThanMs, remainingMs: () => context.getRemainingTimeInMillis() });
  console.log(JSON.stringify({ message: "swept", tableName, ...report }));
  if (report.failed > 0) {
    throw new Error(`${report.failed} lost runs could not be resumed; the next sweep tries again.`);
  }
  return report;
}

function fromEnvironment() {
  const tableName = required("LONGHAUL_RUN_TABLE");
  const olderThanMs = Number(required("LONGHAUL_RESUME_AFTER_MS"));
  // Compared with what is no number, nothing would ever be due.
  assertAmount("LONGHAUL_RESUME_AFTER_MS", olderThanMs);
  return { tableName, olderThanMs, store: dynamodbRunStore({ tableName }), driver: lambdaDriver() };
}

function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw new ConfigError(
    `The environment variable ${name} is not set. RunTable sets it; whatever else deploys the sweeper must set it, too.`,
  );
}
