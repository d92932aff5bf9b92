import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { lambdaDriver } from "@longhaul/core/lambda";
import { bucketWalk } from "./bucket-walk.ts";
import { reportTo } from "./report.ts";

const { NEXT_FUNCTION: target = "", REPORT_QUEUE_URL: queueUrl = "" } = process.env;
const invoke = lambdaDriver({ client: new LambdaClient() });

/** The walk of a bucket as one of two functions: the other one, in another language, takes the next hop. */
export const handler = bucketWalk({
  s3: new S3Client({ forcePathStyle: true }),
  report: reportTo(new SQSClient(), queueUrl),
  driver: { ...invoke, send: (message, signal) => invoke.send({ ...message, target }, signal) },
});
