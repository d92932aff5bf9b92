import { S3Client } from "@aws-sdk/client-s3";
import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { pageFilter } from "../src/filter/page-filter.ts";
import { reportAction } from "../src/report/report-action.ts";
import { dynamodbWalkRecords } from "../src/runs/dynamodb-walk-records.ts";
import { parallelWalk } from "../src/runs/parallel-walk.ts";

// A function whose walks are spread over runs although their buckets are small: short pages, few of them at once.
const s3 = new S3Client({ forcePathStyle: true });
const { RUNS = "", WALKS = "", OUTPUT = "" } = process.env;

export const handler = recursive({
  ...parallelWalk({
    s3,
    driver: lambdaDriver(),
    store: dynamodbRunStore({ tableName: RUNS }),
    records: dynamodbWalkRecords({ tableName: WALKS }),
    settings: { maxRuns: 3, concurrency: 2, giveAboveMs: 400, pageKeys: 50 },
    request(event) {
      const { bucket, id } = event as { readonly bucket: string; readonly id: string };
      const output = { bucket: OUTPUT, prefix: "" };
      return {
        bucket,
        id,
        action: reportAction({
          client: s3,
          output,
          passing: pageFilter({}, 0),
          prefix: "",
          depth: 1,
          maxPrefixes: 100,
        }),
      };
    },
  }),
  time: { checkpointEveryMs: 150 },
});
