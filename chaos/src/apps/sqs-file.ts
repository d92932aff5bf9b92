import { type AttributeValue, paginateScan } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { type ChaosApp, hopSeconds, ofStack, type Site, type Work } from "../chaos-app.ts";
import { madeFile } from "../made-records.ts";
import { countMessages } from "../messages.ts";

const RECORDS = 1_200;
const POISON = "poison";

/** Files of 1,200 records, each loaded in about six seconds, so in a few hops. */
export const sqsFile: ChaosApp = {
  name: "sqs-file",
  units: "files",
  atOnce: 4,
  context: (slowness) => ({ timeoutSeconds: hopSeconds(slowness), data: "delete" }),
  environment: (slowness) => ({
    FIRST_LOOK_SECONDS: String(slowness),
    LAST_LOOK_SECONDS: String(4 * slowness),
    MAX_RECORDS_PER_SECOND: "120",
    BATCH_SIZE: "25",
  }),
  isOurs: ofStack("SqsFile"),
  async begin({ s3, sqs, dynamodb, outputs }: Site, seed: number): Promise<Work> {
    const { BucketName, RecordsTableName, RunTableName, QueueUrl = "" } = outputs;
    const expected = new Map<string, readonly string[]>();
    const put = (Key: string, Body: Uint8Array | string) =>
      s3.send(new PutObjectCommand({ Bucket: BucketName, Key, Body }));
    await put(`in/${POISON}.ndjson`, '{"id": 0}\n7\n');
    let begun = 0;

    async function* rowsOf(TableName: string | undefined): AsyncGenerator<Record<string, AttributeValue>> {
      for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true })) {
        yield* Items;
      }
    }

    return {
      async add() {
        const number = begun++;
        const { ending, content, records } = madeFile(seed + 1_000, number, RECORDS);
        const key = `in/file-${number}${ending}`;
        expected.set(key, records);
        await put(key, content);
      },
      async look() {
        const over: string[] = [];
        for await (const { phase, event } of rowsOf(RunTableName)) if (phase?.S === "done") over.push(event?.S ?? "");
        const done = [...expected.keys()].filter((key) => over.some((event) => event.includes(key))).length;
        // A file is done when its message is gone as well.
        const isQuiet = done === begun && (await countMessages(sqs, QueueUrl)) === 0;
        return { begun, done: isQuiet ? done : Math.max(0, done - 1) };
      },
      async check() {
        const wrong: string[] = [];
        const found = new Map<string, Map<number, string>>();
        const runs = new Map<string, Set<string>>();
        for await (const { file, record, data } of rowsOf(RecordsTableName)) {
          const run = file?.S ?? "";
          const key = [...expected.keys()].find((each) => run.includes(each)) ?? run;
          runs.set(key, (runs.get(key) ?? new Set()).add(run));
          found.set(key, (found.get(key) ?? new Map()).set(Number(record?.N), data?.S ?? ""));
        }
        for (const [key, rows] of found) {
          const records = expected.get(key);
          if (records === undefined) {
            if (!key.includes(POISON)) wrong.push(`the table has ${rows.size} records of ${key}`);
            continue;
          }
          const others = records.filter((record, at) => rows.get(at) !== record).length;
          if (rows.size !== RECORDS) wrong.push(`${key} has ${rows.size} records of ${RECORDS}`);
          if (others > 0) wrong.push(`${key} has ${others} records that are missing or differ`);
          if (runs.get(key)?.size !== 1) wrong.push(`${key} was loaded by ${runs.get(key)?.size} runs`);
        }
        for (const key of expected.keys()) if (!found.has(key)) wrong.push(`${key} was not loaded`);
        return wrong;
      },
      deadLetters: [
        {
          name: "dead letters",
          url: outputs.DeadLettersUrl ?? "",
          poisoned: 1,
          isPoison: (body) => body.includes(`${POISON}.ndjson`),
        },
        { name: "failures", url: outputs.FailuresQueueUrl ?? "", poisoned: 0, isPoison: () => false },
      ],
    };
  },
};
