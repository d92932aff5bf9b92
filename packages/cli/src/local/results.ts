import { createHash } from "node:crypto";
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { LocalAws, RunResult } from "@longhaul/local";
import { type DynamoDbItem, itemAsJson } from "@longhaul/local/testing";

/** Where results come from. */
export interface ResultSource {
  readonly s3: S3Client;
  readonly dynamodb: LocalAws["dynamodb"];
}

/** Longest name of a file that every file system takes, in bytes. */
const MAX_NAME_BYTES = 200;

/** Saves what a run made in a directory, which is made if missing; answers with the paths. */
export async function saveResults(
  results: readonly RunResult[],
  directory: string,
  source: ResultSource,
): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const paths: string[] = [];
  for (const result of results) {
    if ("table" in result) paths.push(await saveTable(result.table, join(directory, fileName(result.name)), source));
    else if ("key" in result) {
      paths.push(await saveObject(result.bucket, result.key, join(directory, fileName(result.name)), source));
    } else {
      const pages = paginateListObjectsV2({ client: source.s3 }, { Bucket: result.bucket, Prefix: result.prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key = "" } of Contents) {
          const path = join(directory, fileName(Key.slice(result.prefix.length)));
          paths.push(await saveObject(result.bucket, Key, path, source));
        }
      }
    }
  }
  return paths;
}

/**
 * A file name made of a key, which may say anything: no path, nothing hidden, not too long. Keys that differ have names that
 * differ.
 */
export function fileName(key: string): string {
  const encoded = encodeURIComponent(key.toWellFormed()).replace(/^\./, "%2E").replaceAll("%20", " ");
  if (encoded !== "" && Buffer.byteLength(encoded) <= MAX_NAME_BYTES) return encoded;
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 16);
  return `${encoded.slice(0, MAX_NAME_BYTES)}~${hash}`;
}

async function saveObject(Bucket: string, Key: string, path: string, { s3 }: ResultSource): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  await writeFile(path, Body as AsyncIterable<Uint8Array>);
  return path;
}

async function saveTable(TableName: string, path: string, { dynamodb }: ResultSource): Promise<string> {
  const file = await open(path, "w");
  try {
    let start: unknown;
    do {
      const input = { TableName, ConsistentRead: true, ...(start !== undefined && { ExclusiveStartKey: start }) };
      const page = (await dynamodb.call("Scan", input as never)) as {
        Items?: DynamoDbItem[];
        LastEvaluatedKey?: unknown;
      };
      for (const item of page.Items ?? []) await file.write(`${itemAsJson(item)}\n`);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  } finally {
    await file.close();
  }
  return path;
}
