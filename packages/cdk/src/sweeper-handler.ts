import { type SweepReport, sweep } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";

const tableName = required("LONGHAUL_RUN_TABLE");
const olderThanMs = Number(required("LONGHAUL_RESUME_AFTER_MS"));
const store = dynamodbRunStore({ tableName });
const driver = lambdaDriver();

/** Runs on a schedule. Fails when a run could not be resumed, so that the function's `Errors` metric shows it. */
export async function handler(_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<SweepReport> {
  const report = await sweep({ store, driver, olderThanMs, remainingMs: () => context.getRemainingTimeInMillis() });
  console.log(JSON.stringify({ message: "swept", tableName, ...report }));
  if (report.failed > 0)
    throw new Error(`${report.failed} lost runs could not be resumed; the next sweep tries again.`);
  return report;
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is not set; RunTable sets it.`);
  return value;
}
