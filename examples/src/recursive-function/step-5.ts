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

// The state travels with Longhaul's own data, and no field of the event is taken for it. Runs under way have records, which
// hold their states. `number |` and `position` can go when no run is left that the old function began.
export const handler = recursive({
  store: dynamodbRunStore(),
  // An event of the old function brings its position as a parameter like any other.
  start: (event: TaskFile & { readonly position?: number }) => event.position ?? 0,
  async *run(state: number | Place, { event, run, signal }) {
    const { tasks, etag } = await load(event, signal);
    const place = typeof state === "number" ? { next: state, etag } : state;
    if (place.etag !== etag) throw new FailRunError("The file was replaced.", { code: "FILE_REPLACED" });
    for (let next = place.next; next < tasks.length; next++) {
      await perform(tasks[next] ?? "", `${run.id}/${next}`, signal);
      yield { next: next + 1, etag };
    }
    return "all done";
  },
});

/** Does a task. Of what cannot be done the run fails at once, and its record says why; anything else is tried again. */
async function perform(task: string, key: string, signal: AbortSignal): Promise<void> {
  const headers = { "Idempotency-Key": key };
  const answer = await fetch(`${process.env.TASKS_URL}/${task}`, { method: "POST", headers, signal });
  if (answer.status === 404) throw new FailRunError(`There is no task ${task}.`, { code: "NO_TASK" });
  if (!answer.ok) throw new Error(`Task ${task} was not done: ${answer.status}`);
}

/** Reads the key as S3 encodes it, and keeps the file in memory under its name: another file is another copy. */
async function load(event: TaskFile, signal: AbortSignal) {
  const [news] = uploadNewsOf(event);
  if (news?.kind !== "upload") throw new FailRunError("The event names no file.", { code: "NO_FILE" });
  const parse = (bytes: Buffer): string[] => JSON.parse(bytes.toString()).tasks;
  const { value, etag } = await cache.get(news.object, objectLoader(s3, news.object, parse), { signal });
  return { tasks: value, etag };
}
