import { getEventListeners } from "node:events";
import { Readable } from "node:stream";
import { CallTimeoutError } from "@longhaul/core/errors";
import { describe, expect, it } from "vitest";
import { type ManualHost, manualHost } from "../../../core/test/manual-host.ts";
import { FaultyS3 } from "../../test/faulty-s3.ts";
import { openSmall, textOf } from "../../test/small-outputs.ts";
import { objectLoader } from "./object-loader.ts";
import { openObject } from "./open-object.ts";

const never = new Promise<void>(() => {});

/** Lets the first call of a name never be answered. */
function silent(s3: FaultyS3, name: string): void {
  s3.faults.before = (call) => (call.name === name && call.count === 1 ? never : undefined);
}

const budgetOf = (host: ManualHost, totalMs: number) => {
  const untilMs = host.nowMs + totalMs;
  return () => untilMs - host.nowMs;
};

/** Writes an output over two hops, so that every call of an output is made. */
async function writeOutput(s3: FaultyS3, host: ManualHost): Promise<void> {
  const setting = { calls: { host, budgetMs: budgetOf(host, 600_000) }, isLatestState: true };
  const first = await openSmall(s3, undefined, setting);
  await first.write("0123456789abcdef");
  const second = await openSmall(s3, await first.suspend(), setting);
  await second.write("ghijklmnop");
  await second.complete();
}

describe("a request that is never answered holds up nothing but itself: it is made again after seconds", () => {
  it.each([
    "CreateMultipartUpload",
    "UploadPart",
    "PutObject",
    "GetObject",
    "ListObjectsV2",
    "ListParts",
    "DeleteObjects",
  ])("%s, as an output is written", async (name) => {
    const host = manualHost();
    const s3 = new FaultyS3();
    silent(s3, name);
    await host.until(writeOutput(s3, host));
    expect(textOf(s3)).toBe("0123456789abcdefghijklmnop");
    expect(s3.count(name)).toBeGreaterThan(1);
    expect(host.nowMs - 1_000_000).toBeLessThan(20_000);
    expect(host.waiting).toBe(0);
  });

  it("AbortMultipartUpload, as one is given up", async () => {
    const host = manualHost();
    const s3 = new FaultyS3();
    silent(s3, "AbortMultipartUpload");
    const out = await openSmall(s3, undefined, { calls: { host } });
    await out.write("0123456789abcdef");
    await out.persist();
    await host.until(out.abort());
    expect(s3.uploads.size).toBe(0);
    expect(host.waiting).toBe(0);
  });

  it("but a completion, which may take S3 minutes, gets the time there is", async () => {
    const host = manualHost();
    const s3 = new FaultyS3();
    silent(s3, "CompleteMultipartUpload");
    const writing = host.until(writeOutput(s3, host));
    await expect(writing).rejects.toThrow(CallTimeoutError);
    expect(s3.count("CompleteMultipartUpload")).toBe(1);
    expect(host.nowMs - 1_000_000).toBe(600_000);
  });

  it.each(["HeadObject", "GetObject"])("%s, as an object is read; nothing is left behind", async (name) => {
    const host = manualHost();
    const s3 = new FaultyS3();
    s3.put("k", Buffer.from("content"));
    silent(s3, name);
    const { signal } = new AbortController();
    const client = s3.connect().client;
    const reading = (async () => {
      const object = await openObject({ client, bucket: "b", key: "k", signal, calls: { host } });
      return Buffer.concat(await Readable.from(object.stream()).toArray()).toString();
    })();
    expect(await host.until(reading)).toBe("content");
    expect(host.nowMs - 1_000_000).toBeLessThan(16_000);
    expect(host.waiting).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("a body that stalls, as a small object is loaded", async () => {
    const host = manualHost();
    const s3 = new FaultyS3();
    s3.put("k", Buffer.from("content"));
    s3.faults.bodyBreak = ({ count }, bytes) =>
      count === 1 ? { bytes: bytes.subarray(0, 3), error: "stall" } : undefined;
    const load = objectLoader(s3.connect().client, { bucket: "b", key: "k" }, String, { host });
    expect(await host.until(load(undefined, new AbortController().signal))).toMatchObject({ value: "content" });
    expect(host.waiting).toBe(0);
  });
});

describe("trouble that lasts makes work slower, as long as there is time", () => {
  it("an output is written exactly while four of five calls are throttled", async () => {
    const host = manualHost();
    const s3 = new FaultyS3();
    let calls = 0;
    s3.faults.before = () => {
      if (++calls % 5 > 0)
        throw Object.assign(new Error("slower"), { name: "SlowDown", $metadata: { httpStatusCode: 503 } });
    };
    await host.until(writeOutput(s3, host));
    expect(textOf(s3)).toBe("0123456789abcdefghijklmnop");
  });
});
