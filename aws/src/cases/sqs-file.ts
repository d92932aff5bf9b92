import { deepStrictEqual } from "node:assert";
import { paginateScan } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { AwsCase } from "../case.ts";
import { assertSeveralHops, doneRun } from "../runs-of.ts";

const CITIES = Array.from({ length: 1_500 }, (_, id) => JSON.stringify({ id, name: `city ${id}` }));

export const sqsFile: AwsCase = {
  app: "sqs-file",
  promise: "stores each valid record of a file, over several hops",
  context: { timeoutSeconds: "10" },
  environment: { MAX_RECORDS_PER_SECOND: "100" },
  usage: { functionMinutes: 3, memoryMb: 1_024, requests: 500, tableWrites: 4_000, alarms: 0 },
  async check(site) {
    const { s3, dynamodb, outputs } = site;
    const Body = CITIES.map((city) => `${city}\n`).join("");
    await s3.send(new PutObjectCommand({ Bucket: outputs.BucketName, Key: "in/cities.ndjson", Body }));
    assertSeveralHops(await doneRun(site));
    const stored = new Map<number, string | undefined>();
    const TableName = outputs.RecordsTableName;
    for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true })) {
      for (const { record, data } of Items) stored.set(Number(record?.N), data?.S);
    }
    const inOrder = [...stored].sort(([one], [other]) => one - other);
    deepStrictEqual(
      inOrder.map(([, data]) => data),
      CITIES,
    );
  },
};
