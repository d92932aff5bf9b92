import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import type { TaskFile } from "./task-file.ts";

const s3 = new S3Client({});

// The loop becomes a generator, and every run has a record. The position stays where it was in the event: an event that the
// old function sent begins a record at its position, and the old function can take an event of this one.
export const handler = recursive({
  store: dynamodbRunStore(),
  state: { key: "position" },
  start: (_event: TaskFile) => 0,
  async *run(position: number, { event, signal }) {
    const tasks = await load(event);
    for (let next = position; next < tasks.length; next++) {
      await fetch(`${process.env.TASKS_URL}/${tasks[next]}`, { method: "POST", signal });
      yield next + 1;
    }
    return "all done";
  },
});

async function load({ Records: [{ s3: file }] }: TaskFile): Promise<string[]> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: file.bucket.name, Key: file.object.key }));
  return JSON.parse((await Body?.transformToString()) ?? "").tasks;
}
