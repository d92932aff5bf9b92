import { Duration, RemovalPolicy, Size } from "aws-cdk-lib";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { ContextSettings } from "./context-settings.ts";
import { letWriteResults, outputBucket } from "./output-bucket.ts";
import { RecursiveFunction } from "./recursive-function.ts";
import { RunTable } from "./run-table.ts";
import { SourceBucket, type Trigger } from "./source-bucket.ts";
import { variables } from "./variables.ts";

/** Props of {@link ObjectTransform}. */
export interface ObjectTransformProps {
  /** The file that exports the handler, `recursive(transformObject(...))`. */
  readonly entry: string;
  /** Objects below it are worked off. Default: `in/`. */
  readonly sourcePrefix?: string;
  /** Ends of the keys that start runs; an empty list means all. Default: the formats the handler reads, and `.gz`. */
  readonly suffixes?: readonly string[];
  /** Results go below it. Default: `out/`. */
  readonly outputPrefix?: string;
  /** The trigger of a run: the bucket itself, or an EventBridge rule. Default: `notification`. */
  readonly trigger?: Trigger;
  /** Records between two safe points. Default: the handler's own, 500. */
  readonly batchSize?: number;
  /** The reaction of a run whose object is replaced meanwhile. Default: the handler's own, `fail`. */
  readonly onChanged?: "restart" | "fail";
  /** The reaction to a data record that cannot be read: end the run, or set it aside. Default: the handler's own, `fail`. */
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
  /** Further variables of the handler's environment; `transformSettings` reads them. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The fate of buckets and records when the stack is deleted. Default: `RETAIN`. */
  readonly removalPolicy?: RemovalPolicy;
}

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

/**
 * One function that turns each large object of a bucket into one of another bucket, hop by hop.
 *
 * @example
 * ```ts
 * const batch = new ObjectTransform(this, "Batch", { entry, ...ObjectTransform.settingsFromContext(this) });
 * ```
 */
export class ObjectTransform extends Construct {
  /** The bucket whose objects start runs. */
  readonly source: Bucket;
  /** The bucket that receives the results. */
  readonly output: Bucket;
  /** The function that does the work. */
  readonly worker: RecursiveFunction;
  /** The records of the runs. */
  readonly runs: RunTable;

  /**
   * Props from CDK context (`cdk deploy -c name=value`): `timeoutSeconds`, `maxDurationHours`, `memoryMb`, `tmpMb`,
   * `batchSize`, `trigger`, `onChanged`, `onBrokenRecord`, and `data`, which is `keep` or `delete`. What is not set is left out.
   *
   * @throws {@link SettingError} if a value cannot be used.
   */
  static settingsFromContext(scope: Construct): Partial<ObjectTransformProps> {
    const settings = ContextSettings.of(scope);
    return ContextSettings.given({
      timeout: settings.number("timeoutSeconds", Duration.seconds),
      maxDuration: settings.number("maxDurationHours", Duration.hours),
      memorySize: settings.number("memoryMb"),
      ephemeralStorageSize: settings.number("tmpMb", Size.mebibytes),
      batchSize: settings.number("batchSize"),
      trigger: settings.oneOf("trigger", ["notification", "eventbridge"]),
      onChanged: settings.oneOf("onChanged", ["restart", "fail"]),
      onBrokenRecord: settings.oneOf("onBrokenRecord", ["fail", "skip"]),
      removalPolicy: settings.removalPolicy("data"),
    });
  }

  constructor(scope: Construct, id: string, props: ObjectTransformProps) {
    super(scope, id);
    const { entry, sourcePrefix = "in/", outputPrefix = "out/", timeout, memorySize, ephemeralStorageSize } = props;
    const { removalPolicy = RemovalPolicy.RETAIN, maxDuration = Duration.days(7) } = props;
    this.output = outputBucket(this, "Output", { outputPrefix, maxDuration, removalPolicy });
    this.runs = new RunTable(this, "Runs", { removalPolicy });
    this.worker = new RecursiveFunction(this, "Worker", {
      entry,
      description: "Works off one large S3 object in batches, over as many invocations as it takes",
      runTable: this.runs,
      ...(timeout ? { timeout } : {}),
      ...(memorySize ? { memorySize } : {}),
      ...(ephemeralStorageSize ? { ephemeralStorageSize } : {}),
      environment: {
        ...memoryOptions,
        ...variables({
          OUTPUT_BUCKET: this.output.bucketName,
          OUTPUT_PREFIX: outputPrefix,
          SOURCE_PREFIX: sourcePrefix,
          MAX_DURATION_MS: maxDuration.toMilliseconds(),
          BATCH_SIZE: props.batchSize,
          ON_CHANGED: props.onChanged,
          ON_BROKEN_RECORD: props.onBrokenRecord,
          TMP_MAX_BYTES: ephemeralStorageSize && cacheBytes(ephemeralStorageSize),
        }),
        ...props.environment,
      },
    });
    letWriteResults(this.worker, this.output, outputPrefix);
    this.source = new SourceBucket(this, "Source", {
      worker: this.worker,
      prefix: sourcePrefix,
      suffixes: props.suffixes ?? [".json", ".ndjson", ".jsonl", ".csv", ".tsv", ".txt", ".log", ".gz"],
      trigger: props.trigger ?? "notification",
      removalPolicy,
    }).bucket;
  }

  /** Names and URLs that are worth an output of the stack, by name. */
  get outputs(): Readonly<Record<string, string>> {
    return {
      SourceBucketName: this.source.bucketName,
      OutputBucketName: this.output.bucketName,
      FunctionName: this.worker.function.functionName,
      RunTableName: this.runs.tableName,
      FailuresQueueUrl: this.worker.failures.queueUrl,
    };
  }
}
