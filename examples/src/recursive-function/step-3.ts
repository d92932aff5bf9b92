import { S3Client } from "@aws-sdk/client-s3";
import { FailRunError, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { uploadNewsOf } from "@longhaul/core/news";
import { ObjectCache, objectLoader } from "@longhaul/objects";
import type { TaskFile } from "./task-file.ts";

const s3 = new S3Client({});
const cache = new ObjectCache<string[]>();

/** The position, and the ETag of the file that it is a position in. */
interface Place {
  readonly next: number;
  readonly etag: string;
}

// The state grows, so for a while it has two shapes: a run under way brings a number. From here the old function cannot take
// an event back.
export const handler = recursive({
  store: dynamodbRunStore(),
  state: { key: "position" },
  start: (_event: TaskFile) => 0,
  async *run(state: number | Place, { event, signal }) {
    const { tasks, etag } = await load(event, signal);
    const place = typeof state === "number" ? { next: state, etag } : state;
    if (place.etag !== etag) throw new FailRunError("The file was replaced.", { code: "FILE_REPLACED" });
    for (let next = place.next; next < tasks.length; next++) {
      await fetch(`${process.env.TASKS_URL}/${tasks[next]}`, { method: "POST", signal });
      yield { next: next + 1, etag };
    }
    return "all done";
  },
});

/** Reads the key as S3 encodes it, and keeps the file in memory under its name: another file is another copy. */
async function load(event: TaskFile, signal: AbortSignal) {
  const [news] = uploadNewsOf(event);
  if (news?.kind !== "upload") throw new FailRunError("The event names no file.", { code: "NO_FILE" });
  const parse = (bytes: Buffer): string[] => JSON.parse(bytes.toString()).tasks;
  const { value, etag } = await cache.get(news.object, objectLoader(s3, news.object, parse), { signal });
  return { tasks: value, etag };
}
