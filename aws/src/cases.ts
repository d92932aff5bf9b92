import type { AwsCase } from "./case.ts";
import { bucketWalker } from "./cases/bucket-walker.ts";
import { queueLoops } from "./cases/queue-loops.ts";
import { s3Batch } from "./cases/s3-batch.ts";
import { sqsFile } from "./cases/sqs-file.ts";

/** The apps' end-to-end table. */
export const CASES: readonly AwsCase[] = [s3Batch, sqsFile, bucketWalker, queueLoops];
