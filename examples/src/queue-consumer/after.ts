import { S3Client } from "@aws-sdk/client-s3";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { queuedRuns } from "@longhaul/core/sqs";
import { ObjectCache, objectLoader } from "@longhaul/objects";

const s3 = new S3Client({});
const files = new ObjectCache<string[]>();

// Each file is a run. Its message stays in the queue until the run's record says that it is over.
export const handler = queuedRuns(
  {
    start: () => ({ line: 0 }),
    async *run(file, state: { line: number }, { signal }) {
      const load = objectLoader(s3, file, (bytes) => bytes.toString().split("\n"));
      const { value: lines } = await files.get(file, load, { signal });
      for (let line = state.line; line < lines.length; line++) {
        await fetch(`${process.env.IMPORTS_URL}/${lines[line]}`, { method: "PUT", signal });
        yield { line: line + 1 };
      }
      return { lines: lines.length };
    },
  },
  {
    store: dynamodbRunStore(),
    queueUrl: process.env.QUEUE_URL ?? "",
    deadLetterUrl: process.env.DEAD_LETTER_URL ?? "",
  },
);
