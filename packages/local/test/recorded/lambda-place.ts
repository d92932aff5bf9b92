import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import type { FunctionConfig } from "../../src/lambda/function-config.ts";

/** A queue, by URL and ARN. */
export interface PlaceQueue {
  readonly url: string;
  readonly arn: string;
}

/** An embedded AWS with functions, and the clients of rows. */
export interface LambdaPlace {
  readonly aws: LocalAws;
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly s3: S3Client;
  readonly events: EventBridgeClient;
  newName(): string;
  /** Deploys a function of this source, or anew the one of that name. */
  deploy(source: string, config?: Partial<FunctionConfig>): Promise<string>;
  /** The function's ARN, with a qualifier if it is given. */
  arnOf(name: string, qualifier?: string): string;
  queue(attributes?: Readonly<Record<string, string>>): Promise<PlaceQueue>;
  /** The next message of a queue; waits for it. */
  next(queue: PlaceQueue): Promise<{ readonly body: unknown; readonly attributes: object }>;
  /** The results of a function's runs from now on, as it gives them. */
  results(name: string): readonly unknown[];
  /** The result of the function's next run. */
  nextResult(name: string): Promise<unknown>;
  close(): Promise<void>;
}

/** A call, and the facts of AWS's answer. */
export interface RecordedLambdaCall {
  /** The recording: a test of LocalStack's `tests/aws/services`, recorded between 2022 and 2026, and its label. */
  readonly recording: string;
  call(place: LambdaPlace): Promise<unknown>;
  readonly answer: unknown;
}

/** A table is written as such tuples. */
export type LambdaRow = readonly [name: string, call: RecordedLambdaCall["call"], answer: unknown];

/** The rows of one module of recordings. */
export const rowsOf = (module: string, rows: readonly LambdaRow[]): readonly RecordedLambdaCall[] =>
  rows.map(([name, call, answer]) => ({ recording: `${module}::${name}`, call, answer }));

/** The facts of an error of the Lambda API, as the SDK hands them on. */
export function factsOf(error: unknown): object {
  const { name, message, Reason, $metadata } = error as Error & {
    readonly Reason?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return { name, message, status: $metadata?.httpStatusCode, ...(Reason !== undefined && { Reason }) };
}

/** The facts of an error that AWS answered with. */
export const refused = (status: number, name: string, message: unknown) => ({ status, name, message });

export async function openLambdaPlace(): Promise<LambdaPlace> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-recorded-"));
  // Rows of which nothing is delivered are told of as problems.
  const aws = await startLocalAws({ onProblem() {}, lambda: { timeScale: 0.001 } });
  const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  const lambda = new LambdaClient(config);
  const sqs = new SQSClient(config);
  const sns = new SNSClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const events = new EventBridgeClient(config);
  const clients = [lambda, sqs, sns, s3, events];
  const collected = new Map<string, unknown[]>();
  aws.lambda.on("invoke.end", ({ functionName, answer }) => {
    if (answer !== undefined) collected.get(functionName)?.push(JSON.parse(answer));
  });
  let made = 0;
  const newName = () => `recorded-${++made}`;
  const deployed = new Set<string>();
  return {
    aws,
    lambda,
    sqs,
    sns,
    s3,
    events,
    newName,
    async deploy(source, more = {}) {
      const name = more.name ?? newName();
      const codeDirectory = await mkdtemp(join(directory, "code-"));
      await writeFile(join(codeDirectory, "index.mjs"), source);
      const roleArn = `arn:aws:iam::${aws.accountId}:role/worker`;
      const whole: FunctionConfig = { name, codeDirectory, runtime: "nodejs24.x", roleArn, ...more };
      await (deployed.has(name) ? aws.lambda.updateFunction(whole) : aws.lambda.createFunction(whole));
      deployed.add(name);
      return name;
    },
    arnOf(name, qualifier) {
      const arn = `arn:aws:lambda:${aws.region}:${aws.accountId}:function:${name}`;
      return qualifier === undefined ? arn : `${arn}:${qualifier}`;
    },
    async queue(Attributes = {}) {
      const { QueueUrl: url = "" } = await sqs.send(new CreateQueueCommand({ QueueName: newName(), Attributes }));
      const asked = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
      return { url, arn: asked.Attributes?.QueueArn ?? "" };
    },
    async next({ url }) {
      const input = {
        QueueUrl: url,
        WaitTimeSeconds: 10,
        MessageSystemAttributeNames: ["All" as const],
        MessageAttributeNames: ["All"],
      };
      const { Messages } = await sqs.send(new ReceiveMessageCommand(input));
      const [{ Body = "", Attributes = {}, MessageAttributes } = {}] = Messages ?? [];
      let body: unknown = Body;
      try {
        body = JSON.parse(Body);
      } catch {
        // It is plain text.
      }
      return { body, attributes: { ...Attributes, ...MessageAttributes } };
    },
    results(name) {
      const list: unknown[] = [];
      collected.set(name, list);
      return list;
    },
    nextResult(name) {
      return new Promise((resolve) => {
        aws.lambda.on("invoke.end", ({ functionName, answer }) => {
          if (functionName === name) resolve(answer === undefined ? undefined : JSON.parse(answer));
        });
      });
    },
    async close() {
      for (const client of clients) client.destroy();
      await aws.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
