import type { LocalAws } from "@longhaul/local";
import type { RecordedRun } from "./run-recorder.ts";

/** The variable in which `RecursiveFunction` names the table of runs to its function. */
const RUN_TABLE_VARIABLE = "LONGHAUL_RUN_TABLE";

/** Reads what the records of a function's runs say; `undefined` if the function has no table of runs. */
export function runRecordsOf(
  { dynamodb, lambda }: Pick<LocalAws, "dynamodb" | "lambda">,
  functionName: string,
): ((run: string) => Promise<RecordedRun | undefined>) | undefined {
  const TableName = lambda.getFunction(functionName).environment[RUN_TABLE_VARIABLE];
  if (TableName === undefined) return undefined;
  return async (run) => {
    const { Item } = await dynamodb.call("GetItem", { TableName, Key: { run: { S: run } }, ConsistentRead: true });
    return Item === undefined ? undefined : recordedRun(Item as RunItem);
  };
}

/** The attributes of a run's item that matter here. */
interface RunItem {
  readonly phase?: { readonly S?: string };
  readonly leaseUntilMs?: { readonly N?: string };
  /** `{ code, message }`, as JSON. */
  readonly reason?: { readonly S?: string };
}

function recordedRun({ phase, leaseUntilMs, reason }: RunItem): RecordedRun {
  const message = reason?.S === undefined ? undefined : messageOf(reason.S);
  switch (phase?.S) {
    case "done":
      return { status: "done" };
    case "failed":
      return { status: "failed", reason: message ?? "Its record says that it failed." };
    case "stopped":
      return { status: "stopped", reason: message ?? "Its record says that it was stopped." };
    case "paused":
      return { status: "stopped", reason: `It is paused: ${message ?? "until it is resumed"}` };
    default:
      return { status: "live", leaseUntilMs: Number(leaseUntilMs?.N ?? 0) };
  }
}

function messageOf(reason: string): string | undefined {
  try {
    const { message } = JSON.parse(reason) as { message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    return reason;
  }
}
