import { type DeleteObjectsCommandInput, type DeleteObjectsCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { pausesOnly } from "../../test/pauses-only.ts";
import { s3Error } from "../../test/s3-errors.ts";
import type { ListedObject } from "../listing/listed-page.ts";
import { Semaphore } from "../semaphore.ts";
import { deleteWork } from "./delete-work.ts";
import { ActionHealth } from "./object-retries.ts";
import type { ObjectTries } from "./try-object.ts";

const hop = { signal: new AbortController().signal, usableMs: 1e6, onStarted: () => {} };
const triesOf = (): ObjectTries => ({
  tries: 3,
  timeoutMs: 60_000,
  health: new ActionHealth(),
  host: { timer: pausesOnly, random: () => 0 },
});
const object = (key: string): ListedObject => ({ key, size: 1, lastModified: "", etag: "e", storageClass: "STANDARD" });

/** A client that answers by itself, and the keys it was asked to delete. */
function answeringClient(answer: (keys: string[]) => Partial<DeleteObjectsCommandOutput>) {
  const asked: string[][] = [];
  const client = new S3Client({ region: "us-east-1" });
  client.middlewareStack.add(
    () => async (args) => {
      const { Delete } = args.input as DeleteObjectsCommandInput;
      const keys = (Delete?.Objects ?? []).map(({ Key = "" }) => Key);
      asked.push(keys);
      return { output: { $metadata: {}, ...answer(keys) }, response: {} };
    },
    { step: "initialize" },
  );
  return { client, asked };
}

const refused = (keys: readonly string[], Code: string) => keys.map((Key) => ({ Key, Code, Message: "as it is" }));

describe("a batch of which some are refused", () => {
  it("is tried again for those that may go through, and only those", async () => {
    const { client, asked } = answeringClient((keys) => ({
      Errors:
        asked.length < 3
          ? refused(
              keys.filter((key) => key > "b"),
              "SlowDown",
            )
          : [],
    }));
    const work = deleteWork({ client, bucket: "b", semaphore: new Semaphore(1), tries: triesOf() });
    expect(await work(["a", "b", "c", "d"].map(object), hop)).toEqual([]);
    expect(asked).toEqual([
      ["a", "b", "c", "d"],
      ["c", "d"],
      ["c", "d"],
    ]);
  });

  it("has the reason of the last try for those that were left", async () => {
    const { client, asked } = answeringClient((keys) => {
      if (asked.length === 1) return { Errors: refused(keys.slice(1), "SlowDown") };
      throw s3Error("AccessDenied", 403);
    });
    const work = deleteWork({ client, bucket: "b", semaphore: new Semaphore(1), tries: triesOf() });
    expect(await work(["a", "b"].map(object), hop)).toEqual([
      { key: "b", code: "AccessDenied", message: "AccessDenied" },
    ]);
  });

  it("has those among the failures that never do, and those that never will", async () => {
    const { client, asked } = answeringClient((keys) => ({
      Errors: [
        ...refused(
          keys.filter((key) => key === "a"),
          "AccessDenied",
        ),
        ...refused(
          keys.filter((key) => key === "b"),
          "InternalError",
        ),
        ...refused(
          keys.filter((key) => key === "c"),
          "NoSuchKey",
        ),
      ],
    }));
    const work = deleteWork({ client, bucket: "b", semaphore: new Semaphore(1), tries: triesOf() });
    expect(await work(["a", "b", "c", "d"].map(object), hop)).toEqual([
      { key: "a", code: "AccessDenied", message: "as it is" },
      { key: "b", code: "InternalError", message: "as it is" },
    ]);
    expect(asked[0]).toEqual(["a", "b", "c", "d"]);
    expect(asked.slice(1)).toEqual(asked.slice(1).map(() => ["b"]));
  });
});

describe("a request that fails as a whole", () => {
  it("makes a failure of each object that was not done with before", async () => {
    const { client } = answeringClient(() => {
      throw new TypeError("no network");
    });
    const work = deleteWork({ client, bucket: "b", semaphore: new Semaphore(1), tries: triesOf() });
    expect(await work([object("a"), object("b")], hop)).toEqual([
      { key: "a", code: "TypeError", message: "no network" },
      { key: "b", code: "TypeError", message: "no network" },
    ]);
  });
});

describe("what is deleted as it was listed", () => {
  it("has its condition as S3 wants it: an ETag is bare in XML, and quoted in a header", async () => {
    const inputs: object[] = [];
    const client = new S3Client({ region: "us-east-1" });
    client.middlewareStack.add(
      () => async (args) => {
        inputs.push(args.input);
        return { output: { $metadata: {} }, response: {} };
      },
      { step: "initialize" },
    );
    const work = deleteWork({ client, bucket: "b", semaphore: new Semaphore(1), tries: triesOf() });
    await work(["a", "b\u0001"].map(object), hop);
    expect(inputs).toEqual([
      { Bucket: "b", Delete: { Quiet: true, Objects: [{ Key: "a", ETag: "e" }] } },
      { Bucket: "b", Key: "b\u0001", IfMatch: '"e"' },
    ]);
  });
});
