import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Conformance } from "./s3-conformance.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

// Real sockets and disks on a machine that may be busy: far above what any of these takes.
let server: S3Server;
let buckets = 0;

beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.close());

describe("the embedded S3 answers the SDK as AWS documents", () => {
  it.for(s3Conformance)("$name", async (check) => {
    await check.run(server.client, async () => {
      const name = `conformance-${++buckets}`;
      await server.service.createBucket(name);
      return name;
    });
  });

  it("has checks of distinct names", () => {
    expect(new Set(s3Conformance.map((check) => check.name)).size).toBe(s3Conformance.length);
  });
});
