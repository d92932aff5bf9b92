import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterEach, describe, expect, it } from "vitest";
import { put, rejectsWith } from "./s3-expect.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

const Bucket = "bucket";
/** The first and last code point of each refused range, and one noncharacter of a higher plane. */
const unsafe = ["\u0000", "\t", "\n", "\u001f", "\u007f", "\u0080", "\u0085", "\u009f", "\ufdd0", "\ufdef"].concat([
  "\ufffe",
  "\uffff",
  "\u{1fffe}",
  "\u{10ffff}",
]);
/** Their neighbours, and text that is often taken for unsafe. */
const safe = [" ", "~", "%", "&<>\"'", "\u00a0", "£", "°", "©", "\ufdcf", "\ufdf0", "\ufffd", "ﷺ", "😀", "\u{1fffd}"];

let server: S3Server;
async function startWith(isStartAfterStrict?: boolean): Promise<void> {
  server = await startS3Server(isStartAfterStrict === undefined ? {} : { isStartAfterStrict });
  await server.service.createBucket(Bucket);
}
const listAfter = (text: string) =>
  server.client.send(new ListObjectsV2Command({ Bucket, StartAfter: `a${text}b`, EncodingType: "url" }));

afterEach(() => server.close());

describe("isStartAfterStrict refuses a StartAfter that real S3 is reported to refuse", () => {
  it("answers 400 InvalidArgument to control characters and noncharacters", async () => {
    await startWith(true);
    for (const text of unsafe) await rejectsWith(listAfter(text), "InvalidArgument", 400);
    await expect(listAfter("\u0085")).rejects.toThrow("StartAfter must not contain U+0085");
  });

  it("takes all other text", async () => {
    await startWith(true);
    for (const text of safe) expect((await listAfter(text)).KeyCount).toBe(0);
  });

  it("lists keys with such characters, and continues after them by token", async () => {
    await startWith(true);
    const keys = ["a\u0001", "a\u0080", "b"];
    for (const key of keys) await put(server.client, Bucket, key);
    const listed: string[] = [];
    let token: string | undefined;
    do {
      const page = await server.client.send(
        new ListObjectsV2Command({ Bucket, EncodingType: "url", MaxKeys: 1, ContinuationToken: token }),
      );
      listed.push(...(page.Contents ?? []).map(({ Key }) => decodeURIComponent(Key ?? "")));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    expect(listed).toEqual(keys);
  });

  it("is off by default", async () => {
    await startWith();
    for (const text of unsafe) expect((await listAfter(text)).KeyCount).toBe(0);
  });
});

describe("the first version of the listing refuses parameters of the second", () => {
  it.each(["start-after", "continuation-token"])("%s", async (name) => {
    await startWith();
    const response = await fetch(`${server.endpoint}/${Bucket}?${name}=a`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`<ArgumentName>${name}</ArgumentName>`);
  });
});
