import { S3Client } from "@aws-sdk/client-s3";
import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { type OutputMark, type OutputState, openOutput, persistOutput } from "@longhaul/objects";

interface Position {
  readonly next: number;
  /** The place in the output; made durable only when the state is saved. */
  readonly output?: OutputMark | OutputState;
}

const client = new S3Client({});

// Many invocations write one object, each byte once. It becomes visible when it is complete.
export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { report: string; rows: number }): Position => ({ next: 0 }),
  async *run(state: Position, { event, run, onPersist }) {
    const target = { client, bucket: process.env.OUTPUT_BUCKET ?? "", key: `${event.report}.csv`, run: run.id };
    await using out = await openOutput({ ...target, fence: run.fence, state: state.output as OutputState | undefined });
    onPersist(async (saved, reason) =>
      saved.output ? { ...saved, output: await persistOutput(saved.output, reason) } : saved,
    );
    if (state.next === 0) await out.write("row,square\n");
    for (let row = state.next; row < event.rows; row++) {
      await out.write(`${row},${row * row}\n`);
      yield { next: row + 1, output: out.mark() };
    }
    await out.complete();
    return `${event.rows} rows`;
  },
});
