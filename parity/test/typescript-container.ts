import { randomUUID } from "node:crypto";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { InvocationContext, RecursiveHandler, RunStore } from "@longhaul/core";
import { lambdaDriver } from "@longhaul/core/lambda";
import { type Host, systemHost } from "@longhaul/core/parts";
import { type LocalAws, outsideCredentials } from "@longhaul/local";
import type { Parts } from "../src/bucket-walk.ts";
import { reportTo } from "../src/report.ts";
import { type Call, type Container, remainingMs } from "./container.ts";

/** The invocation's time is stopped until its last step, so a watchdog on the machine's own clock has no say. */
const host: Host = { ...systemHost, timer: () => () => {} };

/** A container with one handler in it, in this process. */
export function startTypeScript(
  makeHandler: (
    parts: Parts,
  ) => (event: never, context: InvocationContext) => ReturnType<RecursiveHandler<never, unknown>>,
  aws: LocalAws,
  reportQueueUrl: string,
  directory: string,
  store?: RunStore,
): Container {
  const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const clients = { s3: new S3Client(config), sqs: new SQSClient(config), lambda: new LambdaClient(config) };
  let reports = 0;
  const send = reportTo(clients.sqs, reportQueueUrl);
  const handler = makeHandler({
    s3: clients.s3,
    async report(batch) {
      await send(batch);
      reports += 1;
    },
    directory,
    driver: lambdaDriver({ client: clients.lambda }),
    advanced: { host },
    ...(store && { store }),
  });
  return {
    invoke(call: Call) {
      reports = 0;
      return handler(call.event as never, {
        awsRequestId: randomUUID(),
        invokedFunctionArn: call.functionArn,
        functionVersion: "$LATEST",
        memoryLimitInMB: "128",
        getRemainingTimeInMillis: () => remainingMs(call, reports),
      });
    },
    async close() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
