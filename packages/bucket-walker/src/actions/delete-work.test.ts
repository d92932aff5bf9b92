import { type DeleteObjectsCommandInput, type DeleteObjectsCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import type { ListedObject } from "../walk/listed-page.ts";
import { deleteWork } from "./delete-work.ts";
import { Slots } from "./slots.ts";

const { signal } = new AbortController();
const patience = { tries: 3, pause: async () => {}, random: () => 0 };
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
    const work = deleteWork({ client, bucket: "b", slots: new Slots(1), patience });
    expect(await work(["a", "b", "c", "d"].map(object), signal)).toEqual([]);
    expect(asked).toEqual([
      ["a", "b", "c", "d"],
      ["c", "d"],
      ["c", "d"],
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
    const work = deleteWork({ client, bucket: "b", slots: new Slots(1), patience });
    expect(await work(["a", "b", "c", "d"].map(object), signal)).toEqual([
      { key: "a", code: "AccessDenied", message: "as it is" },
      { key: "b", code: "InternalError", message: "as it is" },
    ]);
    expect(asked).toEqual([["a", "b", "c", "d"], ["b"], ["b"]]);
  });
});

describe("a request that fails as a whole", () => {
  it("makes a failure of each object that was not done with before", async () => {
    const { client } = answeringClient(() => {
      throw new TypeError("no network");
    });
    const work = deleteWork({ client, bucket: "b", slots: new Slots(1), patience });
    expect(await work([object("a"), object("b")], signal)).toEqual([
      { key: "a", code: "TypeError", message: "no network" },
      { key: "b", code: "TypeError", message: "no network" },
    ]);
  });
});
