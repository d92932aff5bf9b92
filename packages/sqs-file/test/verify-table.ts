import { join } from "node:path";
import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import type { Verdict, VerifyContext } from "@longhaul/local";
import { plainRecordsOf } from "@longhaul/local/testing";
import { type FileEvent, fileOf } from "../src/file-run.ts";
import { recordSchema } from "../src/record-schema.ts";

/** Compares what the table holds of each file, record by record, with the file on disk. */
export async function verifyTable(context: VerifyContext): Promise<Verdict> {
  const { found, rejected } = await recordsByKey(context);
  const [why] = rejected;
  if (why !== undefined) return { isOk: false, message: why };
  let records = 0;
  for (const { key } of context.files) {
    const path =
      key === context.inputKey ? context.inputPath : join(context.inputPath, key.slice(context.inputKey.length));
    const written = found.get(key) ?? new Map<number, string>();
    let number = 0;
    for await (const value of plainRecordsOf(path)) {
      const answer = await recordSchema["~standard"].validate(value);
      const expected = answer.issues ? undefined : JSON.stringify(answer.value);
      if (written.get(number) !== expected) {
        return { isOk: false, message: `record ${number} of ${key} is ${written.get(number)}, not ${expected}` };
      }
      number++;
    }
    if (written.size > number) return { isOk: false, message: `${key} has ${number} records; the table holds more` };
    records += number;
    found.delete(key);
  }
  const [stranger] = found.keys();
  if (stranger !== undefined) return { isOk: false, message: `the table holds records of ${stranger}` };
  const files = context.files.length.toLocaleString("en-US");
  return { isOk: true, message: `the table is exact: ${records.toLocaleString("en-US")} records of ${files} file(s)` };
}

/** All that the table holds, by the keys of the runs' files, and by number; and of the files that were rejected, why. */
async function recordsByKey({ env, outputs }: VerifyContext): Promise<{
  readonly found: Map<string, Map<number, string>>;
  readonly rejected: readonly string[];
}> {
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
    const { key } = fileOf(JSON.parse(event) as FileEvent).file;
    keys.set(run, key);
    const { status, message } = JSON.parse(result) as { readonly status?: string; readonly message?: string };
    if (status === "rejected") rejected.push(`${key} was rejected: ${message}`);
  }
  const found = new Map<string, Map<number, string>>();
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
