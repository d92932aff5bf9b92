import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { ContextSettings } from "./context-settings.ts";
import { keptQueue } from "./kept-queue.ts";
import { letReadObjects } from "./read-objects.ts";
import { RecursiveFunction } from "./recursive-function.ts";
import { RunTable } from "./run-table.ts";
import { Uploads } from "./uploads.ts";
import { variables } from "./variables.ts";

/** Props of {@link QueuedFiles}. */
export interface QueuedFilesProps {
  /** The file that exports the handler, `queuedRuns(...)`. */
  readonly entry: string;
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
  /** The reaction to a data record that is not valid: end the run, or leave it out. Default: the handler's own, `fail`. */
  readonly onInvalid?: "fail" | "skip";
  /** How long one hop may take. Default: 15 minutes. */
  readonly timeout?: Duration;
  /** Memory of the function in MB. Default: 1024. */
  readonly memorySize?: number;
  /** Further variables of the handler's environment; the handler says what they mean. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The fate of the bucket and the table of runs when the stack is deleted. Default: `RETAIN`. */
  readonly removalPolicy?: RemovalPolicy;
}

/** More receipts than the handler ever waits for: what comes this far makes the function fail each time. */
const maxReceiveCount = 40;

/**
 * A bucket whose uploads reach a queue through a topic, and one function that works off each file, hop by hop, under the
 * queue's protection. What it does with the records is its own: grant it what that takes.
 *
 * @example
 * ```ts
 * const files = new QueuedFiles(this, "Files", { entry, ...QueuedFiles.settingsFromContext(this) });
 * table.grant(files.worker, "dynamodb:BatchWriteItem");
 * ```
 */
export class QueuedFiles extends Construct {
  /** The bucket that files are put into. */
  readonly uploads: Bucket;
  /** The queue of the files, and of the hops of their runs. */
  readonly queue: Queue;
  /** The messages of files that failed, with the reason. */
  readonly deadLetters: Queue;
  /** The function that does the work. */
  readonly worker: RecursiveFunction;
  /** The records of the runs. */
  readonly runs: RunTable;

  /**
   * Props from CDK context (`cdk deploy -c name=value`): `timeoutSeconds`, `memoryMb`, `batchSize`, `messagesPerInvocation`,
   * `maxConcurrency`, `onInvalid`, `continueBy`, `delivery`, which is `wrapped` or `raw`, and `data`, which is `keep` or
   * `delete`. What is not set is left out.
   *
   * @throws {@link SettingError} if a value cannot be used.
   */
  static settingsFromContext(scope: Construct): Partial<QueuedFilesProps> {
    const settings = ContextSettings.of(scope);
    const delivery = settings.oneOf("delivery", ["wrapped", "raw"]);
    return ContextSettings.given({
      timeout: settings.number("timeoutSeconds", Duration.seconds),
      memorySize: settings.number("memoryMb"),
      batchSize: settings.number("batchSize"),
      messagesPerInvocation: settings.number("messagesPerInvocation"),
      maxConcurrency: settings.number("maxConcurrency"),
      onInvalid: settings.oneOf("onInvalid", ["fail", "skip"]),
      continueBy: settings.oneOf("continueBy", ["sqs", "lambda"]),
      rawMessageDelivery: delivery === undefined ? undefined : delivery === "raw",
      removalPolicy: settings.removalPolicy("data"),
    });
  }

  constructor(scope: Construct, id: string, props: QueuedFilesProps) {
    super(scope, id);
    const { entry, prefix = "in/", timeout = Duration.minutes(15), memorySize } = props;
    const { removalPolicy = RemovalPolicy.RETAIN, rawMessageDelivery = false } = props;
    const { continueBy = "sqs", messagesPerInvocation = 10, maxConcurrency } = props;
    this.deadLetters = new Queue(this, "DeadLetters", keptQueue);
    this.queue = new Queue(this, "Queue", {
      ...keptQueue,
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * timeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount },
    });
    this.runs = new RunTable(this, "Runs", { removalPolicy });
    this.worker = new RecursiveFunction(this, "Worker", {
      entry,
      description: "Loads one file per run into a table, over as many invocations as it takes",
      runTable: this.runs,
      mayInvokeItself: continueBy === "lambda",
      timeout,
      ...(memorySize ? { memorySize } : {}),
      environment: {
        ...variables({
          QUEUE_URL: this.queue.queueUrl,
          DEAD_LETTER_URL: this.deadLetters.queueUrl,
          CONTINUE_BY: continueBy,
          BATCH_SIZE: props.batchSize,
          ON_INVALID: props.onInvalid,
        }),
        ...props.environment,
      },
    });
    this.uploads = new Uploads(this, "Uploads", {
      queue: this.queue,
      prefix,
      rawMessageDelivery,
      removalPolicy,
    }).bucket;
    this.deadLetters.grant(this.worker, "sqs:SendMessage");
    if (continueBy === "sqs") this.queue.grant(this.worker, "sqs:SendMessage");
    letReadObjects(this.worker, this.uploads.bucketArn, prefix);
    // Grants what the mapping takes, and `sqs:ChangeMessageVisibility`, with which the handler keeps messages hidden.
    const source = { batchSize: messagesPerInvocation, reportBatchItemFailures: true };
    this.worker.function.addEventSource(
      new SqsEventSource(this.queue, maxConcurrency === undefined ? source : { ...source, maxConcurrency }),
    );
  }

  /** Names and URLs that are worth an output of the stack, by name. */
  get outputs(): Readonly<Record<string, string>> {
    return {
      BucketName: this.uploads.bucketName,
      RunTableName: this.runs.tableName,
      FunctionName: this.worker.function.functionName,
      QueueUrl: this.queue.queueUrl,
      DeadLettersUrl: this.deadLetters.queueUrl,
      FailuresQueueUrl: this.worker.failures.queueUrl,
    };
  }
}
