import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { outsideCredentials, startLocalAws } from "@longhaul/local";

// An embedded AWS with a bucket of three objects, until stdin ends. The first line printed is its address.
const aws = await startLocalAws();
const s3 = new S3Client({
  endpoint: aws.url,
  region: aws.region,
  credentials: outsideCredentials,
  forcePathStyle: true,
});
await s3.send(new CreateBucketCommand({ Bucket: "photos" }));
for (const Key of ["2025/a.jpg", "2026/b.jpg", "2026/c.jpg"]) {
  await s3.send(new PutObjectCommand({ Bucket: "photos", Key, Body: "a picture" }));
}
s3.destroy();
console.log(aws.url);
process.stdin.resume().once("end", () => void aws.stop());
