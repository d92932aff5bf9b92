import { S3Client } from "@aws-sdk/client-s3";
import { type ListBucketOptions, listBucket } from "@longhaul/walk";

/** A folder of a bucket, with what it holds. */
export interface Folder {
  readonly name: string;
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Finds the largest top-level folders of a bucket. No recursion is needed: a script on a laptop lists a million keys in
 * seconds, with many requests at once.
 */
export async function largestFolders(
  options: ListBucketOptions,
  count = 10,
  client = new S3Client({}),
): Promise<Folder[]> {
  const folders = new Map<string, { objects: number; bytes: number }>();
  for await (const page of listBucket(client, options)) {
    for (const { key, size } of page) {
      const name = key.includes("/") ? key.slice(0, key.indexOf("/") + 1) : "";
      const folder = folders.get(name) ?? { objects: 0, bytes: 0 };
      folders.set(name, { objects: folder.objects + 1, bytes: folder.bytes + size });
    }
  }
  return [...folders]
    .map(([name, folder]) => ({ name, ...folder }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, count);
}
