import { join } from "node:path";
import type { StandardSchema } from "@longhaul/core";
import { uploadNewsOf } from "@longhaul/core/news";
import { type RecordsSettings, recordsSettings } from "../load/settings.ts";
import { BROKEN, type IndependentReader, readingOf, shown } from "./independent-reader.ts";

/** Finished runs of {@link recordsOf}, as `longhaul run` tells them to `verify`. */
export interface FinishedLoad {
  /** The input on disk: a file, or a directory. */
  readonly inputPath: string;
  /** Its key in the bucket; of a directory, the prefix. */
  readonly inputKey: string;
  readonly files: readonly { readonly key: string; readonly bytes: number }[];
  /** The stack's outputs, `RunTableName` and `RecordsTableName` among them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables of the function's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that lead an SDK client to the embedded AWS. */
  readonly env: Readonly<Record<string, string>>;
}

/** The result of a check of a load. */
export interface LoadVerdict {
  readonly isOk: boolean;
  /** One line for people. */
  readonly message: string;
}

/** The records of a table, as text, by the keys of the files and by number. */
export type TableRecords = Map<string, Map<number, string>>;

/**
 * A check for `longhaul run`: compares the table of {@link dynamodbTable}, record by record, with the files on disk, which are
 * read by other means than the app's.
 *
 * @example `export default defineApp({ ..., verify: verifyRecords(schema, plainRecordsOf) });`
 */
export function verifyRecords(
  schema: StandardSchema<object>,
  recordsOf: IndependentReader,
): (load: FinishedLoad) => Promise<LoadVerdict> {
  return async (load) => {
    const { found, rejected } = await recordsByKey(load);
    const [why] = rejected;
    return why === undefined ? compareTable(load, found, schema, recordsOf) : { isOk: false, message: why };
  };
}

/**
 * Compares records with the files on disk, which are read by other means than the app's. Of a record that is left out, because
 * it cannot be read or is not valid, the table has to hold nothing.
 */
export async function compareTable(
  context: Pick<FinishedLoad, "files" | "inputKey" | "inputPath" | "environment">,
  found: TableRecords,
  schema: StandardSchema<object>,
  recordsOf: IndependentReader,
): Promise<LoadVerdict> {
  const settings: RecordsSettings = recordsSettings(context.environment);
  const reading = readingOf(settings, settings.onInvalid === "skip");
  let records = 0;
  let leftOut = 0;
  for (const { key } of context.files) {
    const path =
      key === context.inputKey ? context.inputPath : join(context.inputPath, key.slice(context.inputKey.length));
    const written = found.get(key) ?? new Map<number, string>();
    let number = 0;
    for await (const value of recordsOf(path, reading)) {
      const expected = value === BROKEN ? undefined : await expectedOf(value, schema);
      if (written.get(number) !== expected) {
        return { isOk: false, message: `record ${number} of ${key} is ${written.get(number)}, not ${expected}` };
      }
      if (expected === undefined) leftOut++;
      number++;
    }
    const isBeyond = Array.from(written.keys()).some((record) => record >= number);
    if (isBeyond) {
      return { isOk: false, message: `${key} has ${number} records; the table holds more` };
    }
    records += number;
    found.delete(key);
  }
  const [stranger] = found.keys();
  if (stranger !== undefined) return { isOk: false, message: `the table holds records of ${stranger}` };
  const files = shown(context.files.length);
  if (records === 0) {
    const bytes = shown(context.files.reduce((sum, file) => sum + file.bytes, 0));
    return { isOk: true, message: `nothing to compare: ${files} file(s) have ${bytes} bytes and no records` };
  }
  const less = leftOut === 0 ? "" : `, ${shown(leftOut)} of them left out`;
  return { isOk: true, message: `the table is exact: ${shown(records)} records of ${files} file(s)${less}` };
}

async function expectedOf(value: unknown, schema: StandardSchema<object>): Promise<string | undefined> {
  const answer = await schema["~standard"].validate(value);
  return answer.issues ? undefined : JSON.stringify(answer.value);
}

/** The records of the table, by the keys of the runs' files and by number; and the reasons of files that were rejected. */
async function recordsByKey({ env, outputs }: FinishedLoad): Promise<{
  readonly found: TableRecords;
  readonly rejected: readonly string[];
}> {
  // Loaded here: a check of no table needs no client for one.
  const [{ DynamoDBClient, paginateScan }, { dynamodbRunStore }] = await Promise.all([
    import("@aws-sdk/client-dynamodb"),
    import("@longhaul/core/dynamodb"),
  ]);
  const client = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL ?? "",
    region: env.AWS_REGION ?? "",
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "" },
  });
  // A long key does not stand in the id of its run, but in its event.
  const keys = new Map<string, string>();
  const rejected: string[] = [];
  const runs = dynamodbRunStore({ tableName: outputs.RunTableName ?? "", client });
  for await (const { run, event, result = "{}" } of runs.list()) {
    const key = keyOf(event);
    keys.set(run, key);
    const { status, message } = JSON.parse(result) as { readonly status?: string; readonly message?: string };
    if (status === "rejected") rejected.push(`${key} was rejected: ${message}`);
  }
  const found: TableRecords = new Map();
  for await (const { Items = [] } of paginateScan({ client }, { TableName: outputs.RecordsTableName })) {
    for (const { file, record, data } of Items) {
      const key = keys.get(file?.S ?? "") ?? `no known run: ${file?.S}`;
      const records = found.get(key) ?? new Map<number, string>();
      found.set(key, records.set(Number(record?.N), data?.S ?? ""));
    }
  }
  client.destroy();
  return { found, rejected };
}

/** The key of the file that a run's event names. */
function keyOf(event: string): string {
  const { Records } = JSON.parse(event) as { readonly Records?: readonly { readonly body?: unknown }[] };
  const [news] = uploadNewsOf(Records?.[0]?.body);
  return news?.kind === "upload" ? news.object.key : `no known key: ${event.slice(0, 120)}`;
}
