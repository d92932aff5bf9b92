import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { notification } from "../../core/test/notification.ts";
import { type FileCloud, startFileCloud } from "./file-cloud.ts";
import { ndjson, recordsIn } from "./records.ts";

let cloud: FileCloud;
beforeAll(async () => {
  // A message that is not brought back by the end of its run would keep a test waiting for eleven hours.
  cloud = await startFileCloud({
    // With a second in reserve, a hop of a busy machine ends before its limit, which would end its container too.
    timeoutSeconds: 4,
    environment: { FIRST_LOOK_SECONDS: "1", BATCH_SIZE: "50", MAX_RECORDS_PER_SECOND: "500", RESERVE_MS: "1000" },
  });
});
afterAll(() => cloud.stop());
afterEach(() => cloud.calm());

const told = (...files: Parameters<typeof notification>[1][]) => notification(cloud.bucket, ...files);
const hopsOf = (run: string) =>
  new Set(cloud.events.filter((event) => event.run === run && event.type === "hop.start").map(({ hop }) => hop)).size;
/** The record of the one run of a key. */
async function runOf(key: string): Promise<{ run: string; phase: string; result: unknown }> {
  const [record, ...others] = await cloud.runsOf(key);
  expect(others, key).toEqual([]);
  return { run: record?.run ?? "", phase: record?.phase ?? "", result: JSON.parse(record?.result ?? "null") };
}

describe("[S3.1] a file that lands in the bucket is loaded, by way of topic and queue", () => {
  it("over several hops, by its decoded key, exactly; its message goes when its run ends", async () => {
    await cloud.put("in/a+b ü.ndjson", ndjson(2_500));
    await cloud.queueEmpty();
    const { run, phase, result } = await runOf("in/a+b ü.ndjson");
    expect([phase, result]).toEqual(["done", { status: "loaded", records: 2_500, skipped: 0 }]);
    expect(hopsOf(run)).toBeGreaterThan(1);
    expect(await cloud.recordsOf(run)).toEqual(recordsIn(2_500));
  });

  it("s3:TestEvent, which S3 sent at the deployment, is ignored with a line in the log", () => {
    expect(cloud.log.filter((line) => line.includes("s3:TestEvent ignored"))).toHaveLength(1);
  });

  it("an empty file is a file of no records", async () => {
    await cloud.put("in/empty.ndjson", "");
    await cloud.queueEmpty();
    expect(await runOf("in/empty.ndjson")).toMatchObject({
      phase: "done",
      result: { status: "loaded", records: 0, skipped: 0 },
    });
  });
});

describe("[S3.2] the file is kept in /tmp between hops", () => {
  it("loaded once for each container, and removed where the run completes", async () => {
    await cloud.aws.lambda.recycle(cloud.functionName);
    await cloud.put("in/warm.ndjson", ndjson(3_500));
    await cloud.queueEmpty();
    const { run } = await runOf("in/warm.ndjson");
    const loads = cloud.requests.filter((request) => request === "GetObject in/warm.ndjson").length;
    const events = cloud.events.filter((event) => event.run === run);
    const starts = events.filter((event) => event.type === "hop.start");
    const containers = new Set(starts.map((event) => cloud.pidOf(event)));
    expect(loads).toBeGreaterThan(0);
    expect(loads).toBeLessThanOrEqual(containers.size);
    expect(loads).toBeLessThan(starts.length);
    const [done, ...others] = events.filter((event) => event.type === "done").map((event) => cloud.pidOf(event));
    expect(others).toEqual([]);
    expect(await cloud.tmpFiles(done)).toEqual([]);
  });

  it("a file of one hop leaves nothing, loaded or rejected", async () => {
    await cloud.aws.lambda.recycle(cloud.functionName);
    await cloud.put("in/brief.ndjson", ndjson(5));
    await cloud.put("in/brief-invalid.ndjson", '{"id":1}\n7\n');
    await cloud.queueEmpty();
    expect(await cloud.tmpFiles()).toEqual([]);
  });
});

describe("whatever happens on the way, nothing is lost and nothing double", () => {
  it("messages that are delivered twice, news and hops alike, make one run and each hop once", async () => {
    cloud.queueFaults.duplicate = ({ receiveCount }) => receiveCount === 1;
    await cloud.put("in/twice.ndjson", ndjson(2_000));
    await cloud.queueEmpty();
    const { run, phase } = await runOf("in/twice.ndjson");
    expect(phase).toBe("done");
    expect(await cloud.recordsOf(run)).toEqual(recordsIn(2_000));
    // A hop that is killed at its limit on a busy machine logs no hand-off; none may be logged twice.
    const handOffs = cloud.events.filter((event) => event.run === run && event.type === "handoff");
    expect(new Set(handOffs.map(({ hop }) => hop)).size).toBe(handOffs.length);
    const starts = cloud.events.flatMap((event) =>
      event.run === run && event.type === "hop.start" ? [event.hop] : [],
    );
    const hops = [...new Set(starts)].sort((a, b) => a - b);
    expect(hops).toEqual(hops.map((_, i) => i));
    expect(hops.length).toBeGreaterThan(1);
    expect(cloud.events.filter((event) => event.run === run && event.type === "done")).toHaveLength(1);
  });

  it("news that is told again later, by the same or another message, begins nothing", async () => {
    const one = told({ key: "in/empty.ndjson", sequencer: "0A" });
    for (let i = 0; i < 2; i++) {
      await cloud.send(one);
      await cloud.queueEmpty();
    }
    const runs = (await cloud.runsOf("in/empty.ndjson")).filter(({ run }) => run.endsWith("@0A"));
    expect(runs).toMatchObject([{ phase: "done" }]);
    expect(hopsOf(runs[0]?.run ?? "")).toBe(1);
  });

  it("news of an upload that arrives after the news of the next changes nothing", async () => {
    await cloud.put("in/reordered.ndjson", ndjson(30));
    await cloud.queueEmpty();
    await cloud.send(told({ key: "in/reordered.ndjson", sequencer: "00", eTag: "0123456789abcdef0123456789abcdef" }));
    await cloud.queueEmpty();
    const [newer, older] = await cloud.runsOf("in/reordered.ndjson");
    expect(JSON.parse(older?.result ?? "")).toEqual({ status: "superseded", records: 0 });
    expect(await cloud.recordsOf(older?.run ?? "")).toEqual([]);
    expect(await cloud.recordsOf(newer?.run ?? "")).toEqual(recordsIn(30));
  });

  it("an upload that is replaced while its run is going ends that run, and has one of its own", async () => {
    await cloud.put("in/replaced.ndjson", ndjson(4_000));
    await cloud.until((event) => event.run.includes("in/replaced.ndjson@") && event.type === "handoff");
    await cloud.put("in/replaced.ndjson", ndjson(700).replaceAll("record", "other"));
    await cloud.queueEmpty();
    const [old, now] = await cloud.runsOf("in/replaced.ndjson");
    expect(JSON.parse(old?.result ?? "")).toMatchObject({ status: "superseded" });
    expect(JSON.parse(now?.result ?? "")).toMatchObject({ status: "loaded", records: 700 });
    expect(JSON.stringify(await cloud.recordsOf(now?.run ?? ""))).toBe(
      JSON.stringify(recordsIn(700)).replaceAll("record", "other"),
    );
  });

  it("a message of several files, one of them twice: one run for each", async () => {
    const two = { key: "in/several 2.ndjson", sequencer: "S2" };
    await cloud.put(two.key, ndjson(20));
    await cloud.send(told(two, { key: "in/empty.ndjson", sequencer: "S1" }, two));
    await cloud.queueEmpty();
    const runs = (await cloud.runsOf(two.key)).filter(({ run }) => run.endsWith("@S2"));
    expect(runs).toMatchObject([{ phase: "done" }]);
    expect(await cloud.recordsOf(runs[0]?.run ?? "")).toEqual(recordsIn(20));
    expect((await cloud.runsOf("in/empty.ndjson")).map(({ run }) => run)).toContainEqual(expect.stringMatching(/@S1$/));
  });
});

describe("any key that S3 takes names a file", () => {
  it.each([
    "in/../../up.ndjson",
    "in//double/.ndjson",
    "in/line\nend.ndjson",
    "in/100%25 a%2Fb.ndjson",
    "in/__proto__.ndjson",
    "in/@1.ndjson",
    `in/${"ü🚀".repeat(160)}.ndjson`,
  ])("%j", async (key) => {
    await cloud.put(key, ndjson(3));
    await cloud.queueEmpty();
    const [record, ...others] = await cloud.runsOf(key);
    expect([record?.phase, others]).toEqual(["done", []]);
    expect(await cloud.recordsOf(record?.run ?? "")).toEqual(recordsIn(3));
  });
});

describe("what can never be loaded is in the DLQ, with the reason", () => {
  it("a message that is not JSON, beside others of its batch", async () => {
    await cloud.send("hello, queue");
    await cloud.put("in/beside.ndjson", ndjson(3));
    expect(await cloud.deadLetter(({ body }) => body === "hello, queue")).toMatchObject({ code: "MESSAGE_NOT_JSON" });
    await cloud.queueEmpty();
    expect(await runOf("in/beside.ndjson")).toMatchObject({ phase: "done" });
  });

  it("a file with a record that is not valid, in a later hop", async () => {
    await cloud.put("in/invalid.ndjson", `${ndjson(1_600)}7\n`);
    const letter = await cloud.deadLetter(({ body }) => body.includes("invalid.ndjson") && !body.includes("brief"));
    expect(letter).toMatchObject({
      code: "INVALID_RECORD",
      reason: expect.stringContaining("Record 1600 is not valid: must be"),
    });
    expect(hopsOf((await runOf("in/invalid.ndjson")).run)).toBeGreaterThan(1);
    await cloud.queueEmpty();
  });

  it("a file that is not there", async () => {
    await cloud.send(told({ key: "in/missing.ndjson", sequencer: "S3" }));
    expect(await cloud.deadLetter(({ body }) => body.includes("missing"))).toMatchObject({ code: "OBJECT_NOT_FOUND" });
    await cloud.queueEmpty();
  });

  it("a run that somebody stops", async () => {
    await cloud.put("in/stopped.ndjson", ndjson(20_000));
    const { run } = await cloud.until((event) => event.run.includes("in/stopped.ndjson@") && event.type === "handoff");
    expect(await cloud.runs.request(run, "stop", Date.now())).toBe(true);
    const letter = await cloud.deadLetter(({ body }) => body.includes("in/stopped.ndjson"));
    expect(letter).toMatchObject({ code: "STOP_REQUESTED" });
    await cloud.queueEmpty();
  });
});

describe("the function's role", () => {
  it("has no permission that is not used, but for what need not happen here", () => {
    expect(cloud.sparePermissions().toSorted()).toEqual([
      // The embedded Lambda writes logs itself.
      ...["logs:CreateLogStream", "logs:PutLogEvents"],
      // CDK grants it to each consumer of a queue.
      "sqs:GetQueueUrl",
    ]);
  });
});
