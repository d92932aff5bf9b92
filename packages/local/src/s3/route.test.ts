import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { readOperation, readTarget } from "./route.ts";

function request(method: string, url: string, headers: Record<string, string> = {}): IncomingMessage {
  return { method, url, headers: { host: "127.0.0.1:1", ...headers } } as unknown as IncomingMessage;
}

describe("the target of a request", () => {
  it.each([
    ["/b/k", "b", "k"],
    ["/b", "b", ""],
    ["/b/", "b", ""],
    ["/", "", ""],
    ["/b/../../etc/passwd", "b", "../../etc/passwd"],
    ["/b/./a//b/", "b", "./a//b/"],
    ["/b//k", "b", "/k"],
    ["/b/a%2Fb%20c%2Bd+e%F0%9F%98%80", "b", "a/b c+d+e😀"],
    ["/b/k?prefix=x", "b", "k"],
  ])("%s is bucket %j, key %j: nothing is normalised", (url, bucketName, key) => {
    expect(readTarget(request("GET", url))).toMatchObject({ bucketName, key });
  });

  it.each([
    ["b.localhost:1", "b"],
    ["b.s3.localhost:1", "b"],
    ["my.dotted.bucket.s3.eu-west-1.localhost", "my.dotted.bucket"],
  ])("host %s names the bucket %s", (host, bucketName) => {
    expect(readTarget(request("GET", "/a/b", { host }))).toMatchObject({ bucketName, key: "a/b" });
  });

  it.each(["localhost:1", "s3.localhost:1", "s3.eu-west-1.localhost", "127.0.0.1"])("host %s names none", (host) => {
    expect(readTarget(request("GET", "/a/b", { host }))).toMatchObject({ bucketName: "a", key: "b" });
  });

  it("is refused where it is not UTF-8", () => {
    expect(() => readTarget(request("GET", "/b/%ff"))).toThrow(expect.objectContaining({ code: "InvalidURI" }));
  });
});

describe("the operation of a request", () => {
  const operation = (method: string, url: string, headers?: Record<string, string>): string => {
    const incoming = request(method, url, headers);
    return readOperation(method, readTarget(incoming), incoming.headers);
  };

  it.each([
    ["GET", "/", "ListBuckets"],
    ["GET", "/b", "ListObjects"],
    ["GET", "/b?list-type=2", "ListObjectsV2"],
    ["GET", "/b?uploads", "ListMultipartUploads"],
    ["POST", "/b?delete", "DeleteObjects"],
    ["POST", "/b/k?uploads", "CreateMultipartUpload"],
    ["POST", "/b/k?uploadId=1", "CompleteMultipartUpload"],
    ["PUT", "/b/k?partNumber=1&uploadId=1", "UploadPart"],
    ["DELETE", "/b/k?uploadId=1", "AbortMultipartUpload"],
    ["GET", "/b/k?uploadId=1", "ListParts"],
    ["HEAD", "/b/k", "HeadObject"],
  ])("%s %s is %s", (method, url, expected) => {
    expect(operation(method, url)).toBe(expected);
  });

  it("with a copy source is a copy", () => {
    expect(operation("PUT", "/b/k", { "x-amz-copy-source": "a/b" })).toBe("CopyObject");
    expect(operation("PUT", "/b/k?partNumber=1&uploadId=1", { "x-amz-copy-source": "a/b" })).toBe("UploadPartCopy");
  });

  it.each([
    ["PUT", "/b?versioning", "PutBucketVersioning"],
    ["GET", "/b?versions", "ListObjectVersions"],
    ["PUT", "/b?policy", "PutBucketPolicy"],
    ["GET", "/b/k?acl", "GetObjectAcl"],
    ["DELETE", "/b?cors", "DeleteBucketCors"],
    ["POST", "/b", "PostObject"],
  ])("%s %s is not implemented, and the error names %s", (method, url, name) => {
    expect(() => operation(method, url)).toThrow(
      expect.objectContaining({ code: "NotImplemented", message: expect.stringContaining(name) }),
    );
  });

  it("that HTTP has and S3 has not is MethodNotAllowed", () => {
    expect(() => operation("PATCH", "/b/k")).toThrow(expect.objectContaining({ code: "MethodNotAllowed" }));
  });
});
