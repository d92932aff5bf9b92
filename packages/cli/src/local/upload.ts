import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { finished, pipeline } from "node:stream/promises";
import { S3Client } from "@aws-sdk/client-s3";
import type { VerifyContext } from "@longhaul/local";
import type { Input, LocalFile } from "./input-files.ts";

/** Files put at once: more do not make one process faster. */
const AT_ONCE = 32;

/** Larger files are streamed. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;

/** A client of an embedded AWS, from what its `env()` says. */
export function clientFor(env: Readonly<Record<string, string>>): S3Client {
  return new S3Client({
    endpoint: env.AWS_ENDPOINT_URL ?? "",
    region: env.AWS_REGION ?? "",
    forcePathStyle: true,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "" },
  });
}

/**
 * Puts the files of an input into a bucket of an embedded S3, and answers with what was put: a file that changed since it
 * was found counts as it was read, one that is gone does not count. By plain HTTP: the embedded S3 checks no signatures,
 * and the SDK would take most of the time for making them.
 */
export async function upload(
  endpoint: string,
  bucket: string,
  { files }: Input,
  onProgress: (done: number) => void = () => {},
): Promise<VerifyContext["files"]> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const put: VerifyContext["files"][number][] = [];
  const waiting = files.values();
  const work = async () => {
    for (const file of waiting) {
      const bytes = await putFile(`${endpoint}/${bucket}/${pathOf(file.key)}`, agent, file);
      if (bytes !== undefined) put.push({ key: file.key, bytes });
      onProgress(put.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return put;
  } finally {
    agent.destroy();
  }
}

async function putFile(url: string, agent: Agent, { path, bytes }: LocalFile): Promise<number | undefined> {
  const content = bytes > MAX_BUFFERED_BYTES ? undefined : await readFile(path).catch(() => undefined);
  if (content === undefined && bytes <= MAX_BUFFERED_BYTES) return undefined;
  const length = content?.length ?? bytes;
  const headers = { "content-length": length, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const call = request(url, { method: "PUT", agent, headers });
  const answered = new Promise<void>((resolve, reject) => {
    call.once("error", reject);
    call.once("response", (response) => {
      response.resume();
      const { statusCode } = response;
      finished(response).then(
        () => (statusCode === 200 ? resolve() : reject(new Error(`Putting ${path} was answered with ${statusCode}.`))),
        reject,
      );
    });
  });
  if (content) call.end(content);
  else await Promise.all([pipeline(createReadStream(path), call), answered]);
  await answered;
  return length;
}

/** `encodeURIComponent` leaves what S3's paths may hold as it is, but for slashes. */
function pathOf(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
