import { createHash } from "node:crypto";
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { type ChaosApp, hopSeconds, ofStack, type Site, type Work } from "../chaos-app.ts";
import { madeFile } from "../made-records.ts";

/** About 1.3 MB an object. */
const RECORDS = 12_000;
const POISON = "poison";

/** Objects of 12,000 records, each worked off in about a dozen seconds, so in several hops. */
export const s3Batch: ChaosApp = {
  name: "s3-batch",
  units: "objects",
  atOnce: 3,
  context: (slowness) => ({ timeoutSeconds: hopSeconds(slowness), data: "delete" }),
  environment: () => ({ MAX_BYTES_PER_SECOND: "90000", CHECKPOINT_EVERY_MS: "500", BATCH_SIZE: "100" }),
  isOurs: ofStack("S3Batch"),
  async begin({ s3, outputs }: Site, seed: number): Promise<Work> {
    const { SourceBucketName, OutputBucketName } = outputs;
    const expected = new Map<string, string>();
    const put = (Key: string, Body: Uint8Array | string) =>
      s3.send(new PutObjectCommand({ Bucket: SourceBucketName, Key, Body }));
    await put(`in/${POISON}.ndjson`, '{"id": 0}\n{"id": 1\n');
    let begun = 0;

    async function results(): Promise<string[]> {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: OutputBucketName })) {
        keys.push(...Contents.map(({ Key = "" }) => Key));
      }
      return keys;
    }

    return {
      async add() {
        const number = begun++;
        const { ending, content, records } = madeFile(seed, number, RECORDS);
        expected.set(`out/object-${number}${ending}.ndjson`, hashOf(records.map((record) => `${record}\n`).join("")));
        await put(`in/object-${number}${ending}`, content);
      },
      async look() {
        const there = new Set(await results());
        return { begun, done: [...expected.keys()].filter((key) => there.has(key)).length };
      },
      async check() {
        const wrong: string[] = [];
        for (const key of await results()) {
          // What runs keep beside their results until they end.
          if (!expected.has(key) && !key.startsWith("out/.longhaul/"))
            wrong.push(`there is a result ${key} of nothing`);
        }
        for (const [Key, hash] of expected) {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: OutputBucketName, Key }));
          const text = (await Body?.transformToString()) ?? "";
          if (hashOf(text) === hash) continue;
          wrong.push(`${Key} has ${text.split("\n").length - 1} lines of ${RECORDS}, or others than it should have`);
        }
        return wrong;
      },
      deadLetters: [
        {
          name: "failures",
          url: outputs.FailuresQueueUrl ?? "",
          poisoned: 1,
          isPoison: (body) => body.includes(`${POISON}.ndjson`),
        },
      ],
    };
  },
};

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
