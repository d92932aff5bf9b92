import { createReadStream, statSync } from "node:fs";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";

/** How a run of s3-batch over a file went. */
export interface RunMeasure {
  /** Most resident memory of the function's process, in MB, as the embedded Lambda reports it for the invocation. */
  readonly peakMb: number;
  readonly durationMs: number;
  readonly invocations: number;
  readonly resultBytes: number;
}

/** A client of an embedded S3, from outside. */
export function s3ClientOf({ url: endpoint, region }: LocalAws): S3Client {
  return new S3Client({ endpoint, region, credentials: outsideCredentials, forcePathStyle: true });
}

/** Puts a file as an object, as a stream. */
export async function putFile(
  client: S3Client,
  object: { readonly Bucket: string | undefined; readonly Key: string },
  path: string,
): Promise<void> {
  const body = { Body: createReadStream(path), ContentLength: statSync(path).size };
  await client.send(new PutObjectCommand({ ...object, ...body }));
}

/** Runs s3-batch over a file to its end, on an embedded AWS of its own and in a new container. */
export async function runS3Batch(
  assembly: string,
  inputPath: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunMeasure> {
  const aws = await startLocalAws();
  try {
    const { outputs } = await aws.deploy(assembly, { functionOverrides: { "*": { environment } } });
    const ends: { peakMb: number; durationMs: number; error: string | undefined }[] = [];
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    aws.lambda.on("invoke.end", ({ functionName, error, maxMemoryMb, durationMs }) => {
      if (functionName !== outputs.FunctionName) return;
      ends.push({ peakMb: maxMemoryMb ?? Number.NaN, durationMs, error });
      end();
    });
    const client = s3ClientOf(aws);
    await putFile(client, { Bucket: outputs.SourceBucketName, Key: "in/records.ndjson" }, inputPath);
    await ended;
    await aws.lambda.idle();
    const failure = ends.find(({ error }) => error !== undefined)?.error;
    if (failure !== undefined) throw new Error(`s3-batch failed: ${failure}`);
    const result = { Bucket: outputs.OutputBucketName, Key: "out/records.ndjson.ndjson" };
    const { ContentLength = 0 } = await client.send(new HeadObjectCommand(result));
    client.destroy();
    return {
      peakMb: Math.max(...ends.map(({ peakMb }) => peakMb)),
      durationMs: ends.reduce((sum, { durationMs }) => sum + durationMs, 0),
      invocations: ends.length,
      resultBytes: ContentLength,
    };
  } finally {
    await aws.stop();
  }
}
