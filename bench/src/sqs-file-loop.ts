/**
 * The peer of sqs-file: a plain loop in one process that reads the files one after the other and writes their records to the
 * table, in the same batches of 25 and four requests at a time. It keeps no account of where it is. Prints how long it
 * took, in ms.
 *
 * usage: node sqs-file-loop.ts BUCKET TABLE FILES
 */
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { dynamodbTable } from "@longhaul/objects/dynamodb";

const [Bucket = "", tableName = "", files = "0"] = process.argv.slice(2);
const s3 = new S3Client({ forcePathStyle: true });
const { signal } = new AbortController();
const store = dynamodbTable(tableName);
const fence = { isLive: true, token: 1, assert() {} };

const beganMs = performance.now();
for (let file = 0; file < Number(files); file++) {
  const key = `in/${file}.ndjson`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
  const lines = (await Body?.transformToString())?.trimEnd().split("\n") ?? [];
  const records = lines.map((line, record) => {
    const value = JSON.parse(line) as object;
    return { record, value, json: JSON.stringify(value) };
  });
  // As long as the ids of sqs-file's runs, which stand in each item.
  const run = `s3:${Bucket}/${key}@0001A1FD99000000AA`;
  await store(records, { run, file: { bucket: Bucket, key }, signal, fence, calls: {} });
}
process.stdout.write(String(performance.now() - beganMs));
process.exit(0);
