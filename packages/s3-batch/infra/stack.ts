import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable } from "@longhaul/cdk";
import { CfnOutput, Duration, RemovalPolicy, type Size, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { letWriteResults, outputBucket } from "./output-bucket.ts";
import { SourceBucket, type Trigger } from "./source-bucket.ts";

/** Props of {@link S3BatchStack}. */
export interface S3BatchStackProps extends StackProps {
  /** Objects below it are worked off. Default: `in/`. */
  readonly sourcePrefix?: string;
  /** Ends of the keys that start runs; an empty list means all. Default: the formats the handler reads, and `.gz`. */
  readonly suffixes?: readonly string[];
  /** Results go below it. Default: `out/`. */
  readonly outputPrefix?: string;
  /** What starts a run: the bucket itself, or an EventBridge rule. Default: `notification`. */
  readonly trigger?: Trigger;
  /** Records between two safe points. Default: the handler's own, 500. */
  readonly batchSize?: number;
  /** What a run does if its object is replaced meanwhile. Default: the handler's own, `fail`. */
  readonly onChanged?: "restart" | "fail";
  /** What a run does with a record that cannot be read: end, or set it aside. Default: the handler's own, `fail`. */
  readonly onBrokenRecord?: "fail" | "skip";
  /** How long one hop may take. Default: 15 minutes. */
  readonly timeout?: Duration;
  /**
   * Age at which a run is ended. Default: 7 days. What a run that crashed leaves in the output bucket is kept for a week
   * longer, so that it can be resumed.
   */
  readonly maxDuration?: Duration;
  /** Memory of the function in MB. Default: 1024. */
  readonly memorySize?: number;
  /** Size of `/tmp`, where large objects are cached. Default: 512 MiB. */
  readonly ephemeralStorageSize?: Size;
  /** Further variables of the handler's environment; what they mean stands in `src/settings.ts`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What happens to buckets and records when the stack is deleted. Default: `RETAIN`. */
  readonly removalPolicy?: RemovalPolicy;
}

const handlerFile = fileURLToPath(new URL("../src/handler.ts", import.meta.url));

/** The object cache gets four fifths of `/tmp`; the rest is for the work itself. */
function cacheBytes(tmp: Size): number {
  return Math.floor(tmp.toMebibytes() * 0.8) * 1024 * 1024;
}

/**
 * Keep memory the same for an object of any size. The heap's young generation is as large as what is under way between two
 * of its collections, so that little gets old: https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib
 * glibc raises, with the first large buffer that is freed, the size from which it gives memory back at once; a number
 * fixes it, at that of such a chunk: https://man7.org/linux/man-pages/man3/mallopt.3.html
 */
const memoryOptions = { NODE_OPTIONS: "--max-semi-space-size=16", MALLOC_MMAP_THRESHOLD_: "65536" };

/** One function that works off large objects of one bucket into another, hop by hop. */
export class S3BatchStack extends Stack {
  readonly worker: RecursiveFunction;

  constructor(scope: Construct, id: string, props: S3BatchStackProps = {}) {
    super(scope, id, props);
    const { timeout, memorySize, ephemeralStorageSize } = props;
    const prefix = props.sourcePrefix ?? "in/";
    const outputPrefix = props.outputPrefix ?? "out/";
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;

    const maxDuration = props.maxDuration ?? Duration.days(7);
    const output = outputBucket(this, "Output", { outputPrefix, maxDuration, removalPolicy });
    const runTable = new RunTable(this, "Runs", { removalPolicy });
    this.worker = new RecursiveFunction(this, "Worker", {
      entry: handlerFile,
      description: "Works off one large S3 object in batches, over as many invocations as it takes",
      runTable,
      ...(timeout ? { timeout } : {}),
      ...(memorySize ? { memorySize } : {}),
      ...(ephemeralStorageSize ? { ephemeralStorageSize } : {}),
      environment: {
        OUTPUT_BUCKET: output.bucketName,
        OUTPUT_PREFIX: outputPrefix,
        SOURCE_PREFIX: prefix,
        MAX_DURATION_MS: String(maxDuration.toMilliseconds()),
        ...memoryOptions,
        ...(props.batchSize ? { BATCH_SIZE: String(props.batchSize) } : {}),
        ...(props.onChanged ? { ON_CHANGED: props.onChanged } : {}),
        ...(props.onBrokenRecord ? { ON_BROKEN_RECORD: props.onBrokenRecord } : {}),
        ...(ephemeralStorageSize ? { TMP_MAX_BYTES: String(cacheBytes(ephemeralStorageSize)) } : {}),
        ...props.environment,
      },
    });
    letWriteResults(this.worker, output, outputPrefix);
    const source = new SourceBucket(this, "Source", {
      worker: this.worker,
      prefix,
      suffixes: props.suffixes ?? [".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt", ".log", ".gz"],
      trigger: props.trigger ?? "notification",
      removalPolicy,
    });

    new CfnOutput(this, "SourceBucketName", {
      value: source.bucket.bucketName,
      description: `Put objects below ${prefix}`,
    });
    new CfnOutput(this, "OutputBucketName", {
      value: output.bucketName,
      description: `Results appear below ${outputPrefix}`,
    });
    new CfnOutput(this, "FunctionName", { value: this.worker.function.functionName });
    new CfnOutput(this, "RunTableName", { value: runTable.tableName });
    new CfnOutput(this, "FailuresQueueUrl", { value: this.worker.failures.queueUrl });
  }
}
