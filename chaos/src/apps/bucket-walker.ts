import { createHash } from "node:crypto";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { seededRandom } from "@longhaul/core/testing";
import { type ChaosApp, hopSeconds, ofStack, type Site, type Work } from "../chaos-app.ts";

const OBJECTS = 1_500;
const COPIES = "longhaul-chaos-copies";
const ODD_NAMES = ["plain", "with space", "größe", "a+b", "100%", "東京", "quote'", "emoji 🙂"];

interface MadeObject {
  readonly key: string;
  readonly body: string;
}

/** Walks over 1,500 objects, in pages of ten: reports, and copies of each object. */
export const bucketWalker: ChaosApp = {
  name: "bucket-walker",
  units: "walks",
  atOnce: 2,
  context: (slowness) => ({
    timeoutSeconds: hopSeconds(slowness),
    memoryMb: 512,
    actions: "copy",
    target: COPIES,
    maxParts: 3,
    data: "delete",
  }),
  environment: () => ({
    PAGE_KEYS: "10",
    LIST_CONCURRENCY: "2",
    ACTION_CONCURRENCY: "8",
    CHECKPOINT_EVERY_MS: "500",
  }),
  isOurs: ofStack("BucketWalker"),
  // A walk gives up an object whose copy is not answered within its time limit, twice, and names it in its result. That is
  // no loss, but no complete copy either.
  mayBeSilent: ({ path }) => !path.startsWith(`/${COPIES}/`),
  async prepare({ s3 }) {
    await s3.send(new CreateBucketCommand({ Bucket: COPIES }));
  },
  async begin({ s3, lambda, outputs }: Site, seed: number): Promise<Work> {
    const { BucketName, OutputBucketName, FunctionName } = outputs;
    const objects = madeObjects(seed);
    for (let at = 0; at < objects.length; at += 50) {
      const some = objects.slice(at, at + 50);
      await Promise.all(
        some.map(({ key, body }) => s3.send(new PutObjectCommand({ Bucket: BucketName, Key: key, Body: body }))),
      );
    }
    const walks: { readonly id: string; readonly action: "report" | "copy" }[] = [];

    async function listed(Bucket: string | undefined, Prefix: string): Promise<Map<string, string>> {
      const etags = new Map<string, string>();
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
        for (const { Key = "", ETag = "" } of Contents) etags.set(Key, ETag.replaceAll('"', ""));
      }
      return etags;
    }
    const resultOf = (keys: Iterable<string>, { id, action }: (typeof walks)[number]) =>
      [...keys].filter((key) => key.includes(`${id}-`) && key.endsWith(`/${action}.json`));

    return {
      async add() {
        const number = walks.length;
        const walk = { id: `walk${number}`, action: number % 2 === 0 ? "report" : "copy" } as const;
        walks.push(walk);
        const copying = { dryRun: false, target: { bucket: COPIES, prefix: `${walk.id}/` } };
        const event = { action: walk.action, walkId: walk.id, ...(walk.action === "copy" ? copying : {}) };
        await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: JSON.stringify(event) }));
      },
      async look() {
        const keys = [...(await listed(OutputBucketName, "walks/")).keys()];
        return { begun: walks.length, done: walks.filter((walk) => resultOf(keys, walk).length > 0).length };
      },
      async check() {
        const wrong: string[] = [];
        const keys = [...(await listed(OutputBucketName, "walks/")).keys()];
        for (const walk of walks) {
          const [key, ...more] = resultOf(keys, walk);
          if (more.length > 0) wrong.push(`${walk.id} has ${more.length + 1} results`);
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: OutputBucketName, Key: key ?? "" }));
          const found: unknown = JSON.parse((await Body?.transformToString()) ?? "null");
          if (walk.action === "report")
            wrong.push(...reportFaults(found, objects).map((fault) => `${walk.id}: ${fault}`));
          else wrong.push(...copyFaults(await listed(COPIES, `${walk.id}/`), `${walk.id}/`, objects, found));
        }
        return wrong;
      },
      deadLetters: [{ name: "failures", url: outputs.FailuresQueueUrl ?? "", poisoned: 0, isPoison: () => false }],
    };
  },
};

/** Objects in directories of different sizes, some with odd names. */
function madeObjects(seed: number): MadeObject[] {
  const random = seededRandom(seed + 3_000);
  return Array.from({ length: OBJECTS }, (_, at) => {
    const directory = `d${Math.floor(random.next() ** 3 * 12)}/e${Math.floor(random.next() * 4)}`;
    const body = "x".repeat(1 + Math.floor(random.next() ** 4 * 3_000));
    return { key: `${directory}/${random.pick(ODD_NAMES)} ${at}.txt`, body };
  });
}

function copyFaults(
  etags: ReadonlyMap<string, string>,
  prefix: string,
  objects: readonly MadeObject[],
  found: unknown,
): string[] {
  const wrong = objects.filter(({ key, body }) => {
    return etags.get(prefix + key) !== createHash("md5").update(body).digest("hex");
  });
  const strangers = etags.size - (objects.length - wrong.length);
  return [
    ...(wrong.length > 0
      ? [
          `${prefix} has ${wrong.length} objects too few, or that differ: ${wrong[0]?.key}; the walk says ${JSON.stringify(found).slice(0, 600)}`,
        ]
      : []),
    ...(strangers > 0 ? [`${prefix} has ${strangers} objects that are no copies`] : []),
  ];
}

/** Compares the totals of a report with the objects that were made, counted plainly. */
function reportFaults(found: unknown, objects: readonly MadeObject[]): string[] {
  const report = found as {
    readonly objects: number;
    readonly bytes: number;
    readonly prefixes: readonly { readonly prefix: string; readonly objects: number; readonly bytes: number }[];
    readonly otherPrefixes: { readonly objects: number };
  };
  const total = (some: readonly MadeObject[]) => [some.length, some.reduce((sum, { body }) => sum + body.length, 0)];
  const wrong: string[] = [];
  const compare = (what: string, reported: readonly number[], counted: readonly number[]) => {
    if (reported.join() !== counted.join()) wrong.push(`${what} are ${reported.join("/")}, not ${counted.join("/")}`);
  };
  compare("objects and bytes", [report.objects, report.bytes], total(objects));
  for (const { prefix, objects: count, bytes } of report.prefixes) {
    compare(`those of ${prefix}`, [count, bytes], total(objects.filter(({ key }) => key.startsWith(prefix))));
  }
  const counted = report.prefixes.reduce((sum, each) => sum + each.objects, report.otherPrefixes.objects);
  compare("objects by prefix", [counted], [objects.length]);
  return wrong;
}
