import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable } from "@longhaul/cdk";
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { Uploads } from "./uploads.ts";

/** Props of {@link SqsFileStack}. */
export interface SqsFileStackProps extends StackProps {
  /** Files below it are loaded. Default: `in/`. */
  readonly prefix?: string;
  /** SNS passes messages on as they are, without its envelope. Default: `false`. */
  readonly rawMessageDelivery?: boolean;
  /** How runs go on in the next invocation: by a message in their own queue, or by invoking the function. Default: `sqs`. */
  readonly continueBy?: "sqs" | "lambda";
  /** Most messages an invocation is given, each with a file or a hop: 1 to 10. Default: 10. */
  readonly messagesPerInvocation?: number;
  /** Most invocations that work on messages at a time, at least 2. Default: no limit but Lambda's own. */
  readonly maxConcurrency?: number;
  /** Records between two safe points. Default: the handler's own, 400. */
  readonly batchSize?: number;
  /** What a run does with a record that is not valid: end, or leave it out. Default: the handler's own, `fail`. */
  readonly onInvalid?: "fail" | "skip";
  /** How long one hop may take. Default: 15 minutes. */
  readonly timeout?: Duration;
  /** Memory of the function in MB. Default: 1024. */
  readonly memorySize?: number;
  /** Further variables of the handler's environment; what they mean stands in `src/settings.ts`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens to the bucket and the tables when the stack is deleted. Default: `RETAIN`. */
  readonly removalPolicy?: RemovalPolicy;
}

const handlerFile = fileURLToPath(new URL("../src/handler.ts", import.meta.url));

/** More receipts than the handler ever waits for: what comes this far makes the function fail each time. */
const maxReceiveCount = 40;

/** Bucket, topic, queue and one function that loads each file into a table, hop by hop. */
export class SqsFileStack extends Stack {
  readonly worker: RecursiveFunction;

  constructor(scope: Construct, id: string, props: SqsFileStackProps = {}) {
    super(scope, id, props);
    const { prefix = "in/", timeout = Duration.minutes(15), memorySize, removalPolicy = RemovalPolicy.RETAIN } = props;
    const { continueBy = "sqs", messagesPerInvocation = 10, maxConcurrency } = props;

    const records = new Table(this, "Records", {
      partitionKey: { name: "file", type: AttributeType.STRING },
      sortKey: { name: "record", type: AttributeType.NUMBER },
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy,
    });
    const secure = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.days(14) };
    const deadLetters = new Queue(this, "DeadLetters", secure);
    const queue = new Queue(this, "Queue", {
      ...secure,
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
    });
    const runTable = new RunTable(this, "Runs", { removalPolicy });
    this.worker = new RecursiveFunction(this, "Worker", {
      entry: handlerFile,
      description: "Loads one file per run into a table, over as many invocations as it takes",
      runTable,
      mayInvokeItself: continueBy === "lambda",
      timeout,
      ...(memorySize ? { memorySize } : {}),
      environment: {
        RECORDS_TABLE: records.tableName,
        QUEUE_URL: queue.queueUrl,
        DEAD_LETTER_URL: deadLetters.queueUrl,
        CONTINUE_BY: continueBy,
        ...(props.batchSize ? { BATCH_SIZE: String(props.batchSize) } : {}),
        ...(props.onInvalid ? { ON_INVALID: props.onInvalid } : {}),
        ...props.environment,
      },
    });
    const uploads = new Uploads(this, "Uploads", {
      queue,
      prefix,
      rawMessageDelivery: props.rawMessageDelivery ?? false,
      removalPolicy,
    });
    records.grant(this.worker, "dynamodb:BatchWriteItem");
    deadLetters.grant(this.worker, "sqs:SendMessage");
    if (continueBy === "sqs") queue.grant(this.worker, "sqs:SendMessage");
    this.letRead(uploads, prefix);
    // Grants what the mapping takes, and `sqs:ChangeMessageVisibility`, with which the handler keeps messages hidden.
    const source = { batchSize: messagesPerInvocation, reportBatchItemFailures: true };
    this.worker.function.addEventSource(
      new SqsEventSource(queue, maxConcurrency === undefined ? source : { ...source, maxConcurrency }),
    );

    new CfnOutput(this, "BucketName", { value: uploads.bucket.bucketName, description: `Put files below ${prefix}` });
    new CfnOutput(this, "RecordsTableName", { value: records.tableName });
    new CfnOutput(this, "RunTableName", { value: runTable.tableName });
    new CfnOutput(this, "FunctionName", { value: this.worker.function.functionName });
    new CfnOutput(this, "QueueUrl", { value: queue.queueUrl });
    new CfnOutput(this, "DeadLettersUrl", { value: deadLetters.queueUrl });
    new CfnOutput(this, "FailuresQueueUrl", { value: this.worker.failures.queueUrl });
  }

  /** Without `s3:ListBucket`, S3 answers 403 for an object that is not there, and nobody could tell the two apart. */
  private letRead({ bucket }: Uploads, prefix: string): void {
    const statements = [
      new PolicyStatement({ actions: ["s3:GetObject"], resources: [bucket.arnForObjects(`${prefix}*`)] }),
      new PolicyStatement({ actions: ["s3:ListBucket"], resources: [bucket.bucketArn] }),
    ];
    for (const statement of statements) this.worker.grantPrincipal.addToPrincipalPolicy(statement);
  }
}
