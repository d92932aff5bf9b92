import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { dynamodbRunStore } from "../../src/dynamodb.ts";
import { recursive } from "../../src/index.ts";

// A handler module as people write them: clients and stores are made at import, and nothing in it knows of a simulation.
const s3 = new S3Client({
  endpoint: process.env.TEST_ENDPOINT ?? "http://127.0.0.1:1",
  region: "eu-central-1",
  forcePathStyle: true,
  credentials: { accessKeyId: "id", secretAccessKey: "secret" },
});

/** Copies the objects of a list. */
export const handler = recursive({
  store: dynamodbRunStore({ tableName: "runs" }),
  start: (_event: { keys: string[] }) => ({ next: 0 }),
  async *run(state, { event, signal }) {
    for (let next = state.next; next < event.keys.length; next++) {
      const input = { Bucket: "in", Key: event.keys[next] };
      const { Body } = await s3.send(new GetObjectCommand(input), { abortSignal: signal });
      const body = (await Body?.transformToString()) ?? "";
      await s3.send(new PutObjectCommand({ ...input, Bucket: "out", Body: body }), { abortSignal: signal });
      yield { next: next + 1 };
    }
    return event.keys.length;
  },
});
