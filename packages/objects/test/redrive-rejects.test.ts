import { gzipSync } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redriveRejects } from "../src/transform/redrive-rejects.ts";
import { type LocalBuckets, startLocalBuckets } from "./local-buckets.ts";

let s3: LocalBuckets;
beforeAll(async () => {
  s3 = await startLocalBuckets();
  const Body = `${JSON.stringify({ record: 1, byte: 9, endByte: 14, reason: "csv-column-count", text: "2,b,c" })}\n`;
  await s3.client.send(new PutObjectCommand({ Bucket: "output", Key: "rows.rejects.ndjson", Body }));
});
afterAll(() => s3.stop());

/** The rejected record begun again as CSV; its source lies in the output bucket too, where texts are read. */
async function redriven(content: string | Uint8Array, key = "rows.csv"): Promise<string> {
  await s3.client.send(new PutObjectCommand({ Bucket: "output", Key: key, Body: content }));
  const { object } = await redriveRejects({
    client: s3.client,
    rejects: { bucket: "output", key: "rows.rejects.ndjson" },
    source: { bucket: "output", key },
  });
  return s3.text(object.key);
}

describe("records of CSV are begun again below the header row of their source", () => {
  it.each([
    ["that ends with a line", "id,name\n1,a\n", "id,name"],
    ["that ends with CR LF", "id,name\r\n1,a\r\n", "id,name"],
    ["that ends with CR", "id,name\r1,a\r", "id,name"],
    ["with a line end in quotes", '"a\nb",c\n1,2\n', '"a\nb",c'],
    ["with a doubled quote", '"a""\n",c\n1,2\n', '"a""\n",c'],
    ["that is the whole text", "id,name", "id,name"],
    ["behind empty lines", "\n\r\nid,name\n1,a\n", "id,name"],
  ])("%s", async (what, content, header) => {
    expect(await redriven(content, `${what}.csv`)).toBe(`${header}\n2,b,c\n`);
  });

  it("that is compressed", async () => {
    expect(await redriven(gzipSync("id,name\n1,a\n"), "rows.csv.gz")).toBe("id,name\n2,b,c\n");
  });

  it.each([
    ["does not end in a MiB", `id,${"x".repeat(1024 * 1024)}\n1,a\n`, /header row of .* cannot be read: .*bytes/],
    ["has a quote that does not end", '"id\n1\n2', /header row of .* cannot be read: .*quote/],
    ["is not there", "\n", /header row of .* cannot be read: it has no rows/],
  ])("and not if that %s", async (what, content, message) => {
    await expect(redriven(content, `${what}.csv`)).rejects.toMatchObject({
      code: "REJECTS",
      message: expect.stringMatching(message),
    });
  });
});
