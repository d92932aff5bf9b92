import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type FileCloud, startFileCloud } from "./file-cloud.ts";

let cloud: FileCloud;
beforeAll(async () => {
  // A window of one second: files of thousands of records take several hops.
  cloud = await startFileCloud({ FIRST_LOOK_SECONDS: "1", RESERVE_MS: "4000", BATCH_SIZE: "100" });
}, 60_000);
afterAll(() => cloud.stop());
afterEach(() => {
  for (const name of ["deliveries", "killAfterMs"] as const) delete cloud.faults[name];
  delete cloud.queueFaults.duplicate;
});

const recordsIn = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: `record ${id} ✓` }));
const ndjson = (count: number) =>
  recordsIn(count)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join("");
const encoded = (key: string) => encodeURIComponent(key).replaceAll("%20", "+");
const told = (...files: readonly { key: string; sequencer: string }[]) =>
  JSON.stringify({
    Records: files.map(({ key, sequencer }) => ({
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: cloud.bucket }, object: { key: encoded(key), sequencer } },
    })),
  });
const hopsOf = (run: string) => new Set(cloud.eventsOf(run).map(({ hop }) => hop)).size;

describe("[S3.1] a file that lands in the bucket is loaded, by way of topic and queue", () => {
  it("over several hops, by its decoded key, exactly", async () => {
    await cloud.put("in/a+b ü.ndjson", ndjson(16_000));
    await cloud.aws.s3.settled();
    await cloud.aws.sns.settled();
    await cloud.queueEmpty();
    const runs = await cloud.runsOf("in/a+b ü.ndjson");
    expect(runs).toMatchObject([{ phase: "done" }]);
    const run = runs[0]?.run ?? "";
    expect(hopsOf(run)).toBeGreaterThan(1);
    expect(await cloud.recordsOf(run)).toEqual(recordsIn(16_000));
  }, 120_000);

  it("s3:TestEvent, which S3 sent at the deployment, is ignored with a line in the log", () => {
    expect(cloud.log.filter((line) => line.includes("s3:TestEvent ignored"))).toHaveLength(1);
  });

  it("an empty file is a file of no records", async () => {
    await cloud.put("in/empty.ndjson", "");
    await cloud.aws.s3.settled();
    await cloud.aws.sns.settled();
    await cloud.queueEmpty();
    expect(await cloud.runsOf("in/empty.ndjson")).toMatchObject([
      { phase: "done", result: JSON.stringify({ status: "loaded", records: 0, skipped: 0 }) },
    ]);
  });
});

describe("whatever happens on the way, a message stands in the queue until its files are loaded", () => {
  it("a run whose first event is lost is begun again when the message comes back", async () => {
    let lost = 0;
    cloud.faults.deliveries = () => (lost++ === 0 ? [] : [0]);
    await cloud.put("in/lost.ndjson", ndjson(10));
    await cloud.aws.s3.settled();
    await cloud.aws.sns.settled();
    await cloud.queueEmpty();
    const [record] = await cloud.runsOf("in/lost.ndjson");
    expect(await cloud.recordsOf(record?.run ?? "")).toEqual(recordsIn(10));
    expect(lost).toBeGreaterThan(1);
  });

  it("messages and hops that are delivered twice begin one run", async () => {
    cloud.queueFaults.duplicate = ({ receiveCount }) => receiveCount === 1;
    cloud.faults.deliveries = () => [0, 20];
    await cloud.put("in/twice.ndjson", ndjson(3_000));
    await cloud.aws.s3.settled();
    await cloud.aws.sns.settled();
    await cloud.queueEmpty();
    const runs = await cloud.runsOf("in/twice.ndjson");
    expect(runs).toMatchObject([{ phase: "done" }]);
    expect(await cloud.recordsOf(runs[0]?.run ?? "")).toEqual(recordsIn(3_000));
  });

  it("a message of several files, one of them twice: one run for each", async () => {
    await cloud.put("other/1.ndjson", ndjson(1));
    await cloud.put("in/several 2.ndjson", ndjson(20));
    await cloud.aws.s3.settled();
    await cloud.aws.sns.settled();
    await cloud.queueEmpty();
    const two = { key: "in/several 2.ndjson", sequencer: "S2" };
    await cloud.send(told(two, { key: "in/empty.ndjson", sequencer: "S1" }, two));
    await cloud.queueEmpty();
    const told2 = (await cloud.runsOf(two.key)).filter(({ run }) => run.endsWith("@S2"));
    expect(told2).toMatchObject([{ phase: "done" }]);
    expect(await cloud.recordsOf(told2[0]?.run ?? "")).toEqual(recordsIn(20));
    expect((await cloud.runsOf("in/empty.ndjson")).map(({ run }) => run)).toContainEqual(expect.stringMatching(/@S1$/));
  });
});

describe("what can never be loaded is in the DLQ, with the reason", () => {
  it("a message that is not JSON, beside others of its batch", async () => {
    await cloud.send("hello, queue");
    expect(await cloud.deadLetter(({ body }) => body === "hello, queue")).toMatchObject({ code: "MESSAGE_NOT_JSON" });
    await cloud.queueEmpty();
  });

  it("a file with a record that is not valid", async () => {
    await cloud.put("in/invalid.ndjson", `${ndjson(450)}7\n`);
    const letter = await cloud.deadLetter(({ body }) => body.includes("invalid.ndjson"));
    expect(letter).toMatchObject({ code: "INVALID_RECORD", reason: expect.stringContaining("Record 450 must be") });
    await cloud.queueEmpty();
  });

  it("a file that is not there", async () => {
    await cloud.send(told({ key: "in/missing.ndjson", sequencer: "S3" }));
    expect(await cloud.deadLetter(({ body }) => body.includes("missing"))).toMatchObject({ code: "OBJECT_NOT_FOUND" });
    await cloud.queueEmpty();
  });
});
