import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { outsideCredentials, startLocalAws } from "@longhaul/local";
import { expect, it } from "vitest";
import { largestFolders } from "./listing.ts";

it("finds the largest folders, by the bytes of all their objects", async () => {
  const aws = await startLocalAws();
  try {
    const { url: endpoint, region } = aws;
    const client = new S3Client({ region, endpoint, credentials: outsideCredentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: "photos" }));
    const put = (Key: string, bytes: number) =>
      client.send(new PutObjectCommand({ Bucket: "photos", Key, Body: "x".repeat(bytes) }));
    await Promise.all([
      ...Array.from({ length: 30 }, (_, at) => put(`2025/${at}.jpg`, 10)),
      ...Array.from({ length: 5 }, (_, at) => put(`2026/${at}/${at}.jpg`, 100)),
      put("index.html", 20),
    ]);
    expect(await largestFolders({ bucket: "photos", pageKeys: 7 }, 2, client)).toEqual([
      { name: "2026/", objects: 5, bytes: 500 },
      { name: "2025/", objects: 30, bytes: 300 },
    ]);
    expect(await largestFolders({ bucket: "photos", prefix: "index" }, 2, client)).toEqual([
      { name: "", objects: 1, bytes: 20 },
    ]);
  } finally {
    await aws.stop();
  }
});
