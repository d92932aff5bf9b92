import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

const s3 = new S3Client({});

// Each message names a file, and each line of it is an import. A file that takes longer than the function's timeout
// begins anew with every receive, until the message is in the dead-letter queue.
export async function handler(event: { Records: { messageId: string; body: string }[] }) {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, body } of event.Records) {
    try {
      const [{ s3: file }] = JSON.parse(body).Records;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: file.bucket.name, Key: file.object.key }));
      for (const line of ((await Body?.transformToString()) ?? "").split("\n")) {
        await fetch(`${process.env.IMPORTS_URL}/${line}`, { method: "PUT" });
      }
    } catch {
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}
