import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { TaskFile } from "./task-file.ts";

// The habits of 2017, on a runtime of today: a fixed reserve, the position in the event, one copy in memory.
const s3 = new S3Client({});
const lambda = new LambdaClient({});
let copy: { tasks: string[]; etag: string | undefined } | undefined;

export async function handler(
  event: TaskFile & { position?: number },
  context: { getRemainingTimeInMillis(): number },
) {
  const { tasks } = await load(event);
  let position = event.position ?? 0;
  do {
    await fetch(`${process.env.TASKS_URL}/${tasks[position]}`, { method: "POST" });
    position++;
  } while (position < tasks.length && context.getRemainingTimeInMillis() > 10_000);
  if (position === tasks.length) return "all done";
  const Payload = JSON.stringify({ ...event, position });
  const FunctionName = process.env.AWS_LAMBDA_FUNCTION_NAME;
  await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
  return `to be continued from ${position}`;
}

async function load({ Records: [{ s3: file }] }: TaskFile) {
  try {
    const request = { Bucket: file.bucket.name, Key: file.object.key, IfNoneMatch: copy?.etag };
    const { Body, ETag } = await s3.send(new GetObjectCommand(request));
    copy = { tasks: JSON.parse((await Body?.transformToString()) ?? "").tasks, etag: ETag };
  } catch (error) {
    if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== 304) throw error;
  }
  return copy as NonNullable<typeof copy>;
}
