import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BatchCloud, startBatchCloud } from "./batch-cloud.ts";
import { ndjson, withOneStepHops } from "./one-step-hops.ts";

const NDJSON = { ContentType: "application/x-ndjson" };

let cloud: BatchCloud;
beforeAll(async () => {
  cloud = await startBatchCloud({ timeoutSeconds: 4, environment: { BATCH_SIZE: "5" } });
});
afterAll(() => cloud.stop());
beforeEach(() => {
  delete cloud.faults.deliveries;
  delete cloud.faults.throttle;
});

const handedOff = (run: string, hop: number) =>
  cloud.until((event) => event.run === run && event.hop === hop && event.type === "handoff");
const seenOf = (run: string) => cloud.events.filter((event) => event.run === run);
/** Ids of runs that a notification for this key began. */
const runsOf = (key: string) => (run: string) =>
  run.startsWith(
    `${cloud.functionName}/s3:${cloud.source}/${encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+")}@`,
  );

/** Puts an object whose arrival starts nothing, and begins a run that takes a hop for each five records. */
async function begin(run: string, records: number, more: object = {}): Promise<string> {
  const content = ndjson(records);
  await cloud.put(`in/${run}`, content, NDJSON);
  await cloud.send(withOneStepHops({ bucket: cloud.source, key: `in/${run}`, ...more }, run));
  return content;
}

describe("[S0.1] after each batch the run goes on, or continues as new", () => {
  it("says from where it is to be continued, and that all is done", async () => {
    await cloud.put("in/s01", ndjson(5), NDJSON);
    const event = withOneStepHops({ bucket: cloud.source, key: "in/s01" }, "s01");
    const first = await cloud.call(event);
    expect(first).toMatchObject({ status: "continued", hop: 0 });
    expect(first.message).toMatch(/^to be continued from \[record: 5, key: "in\/s01", byte: 155, /);
    await cloud.endOf("s01");

    const whole = await cloud.call({ bucket: cloud.source, key: "in/s01" });
    expect(whole).toMatchObject({
      status: "done",
      message: "all done",
      result: { records: 5, written: 5, rejected: 0, result: { bucket: cloud.output, key: "out/s01.ndjson" } },
    });
  });

  it("in batches of the size that the environment says as text: 5, 10, 15, and not 5, 50, 500", async () => {
    await begin("batch-size", 20);
    await cloud.endOf("batch-size");
    // Lines of two containers may be read in another order than they were written.
    const events = seenOf("batch-size").toSorted((a, b) => a.hop - b.hop);
    const records = events.flatMap((event) => (event.type === "handoff" ? [event.progress.records] : []));
    expect(records).toEqual([5, 10, 15, 20]);
  });

  it("with the position in the event, the rest of which is passed on as it came", async () => {
    const payloads: Record<string, unknown>[] = [];
    cloud.faults.deliveries = ({ payload }) => {
      payloads.push(JSON.parse(payload));
      return [0];
    };
    const rest = { note: { by: ["hand", 1, null] } };
    await begin("rest", 15, rest);
    await cloud.endOf("rest");
    const bases = payloads.map(({ position: _, longhaul: __, ...base }) => base);
    expect(bases).toHaveLength(4);
    for (const base of bases) expect(base).toEqual({ bucket: cloud.source, key: "in/rest", note: rest.note });
    expect(payloads.map(({ position }) => (position as { read?: { record: number } })?.read?.record)).toEqual([
      undefined,
      5,
      10,
      15,
    ]);
  });

  it("takes up the position of a handler that only counts records", async () => {
    await cloud.put("in/counted", ndjson(12), NDJSON);
    const outcome = await cloud.call({ bucket: cloud.source, key: "in/counted", position: 7 });
    expect(outcome).toMatchObject({ status: "done", result: { records: 12, written: 5 } });
    expect(await cloud.text("out/counted.ndjson")).toBe(ndjson(12).split("\n").slice(7).join("\n"));
  });
});

describe("[S0.2] the object is kept between warm invocations", () => {
  const requestsFor = (key: string) =>
    cloud.requests.filter((request) => request.key === key).map(({ operation }) => operation);

  it("loaded once, then asked after: 304, no second GetObject", async () => {
    await cloud.put("in/warm", ndjson(10), NDJSON);
    await cloud.aws.lambda.recycle(cloud.functionName);
    for (let i = 0; i < 3; i++) await cloud.call({ bucket: cloud.source, key: "in/warm" });
    expect(requestsFor("in/warm")).toEqual(["PutObject", "HeadObject", "GetObject", "HeadObject", "HeadObject"]);
  });

  it("loaded anew when the container is new", async () => {
    await cloud.put("in/cold", ndjson(10), NDJSON);
    for (let i = 0; i < 2; i++) {
      await cloud.aws.lambda.recycle(cloud.functionName);
      await cloud.call({ bucket: cloud.source, key: "in/cold" });
    }
    expect(requestsFor("in/cold")).toEqual(["PutObject", "HeadObject", "GetObject", "HeadObject", "GetObject"]);
  });

  it("under its own name: another object of the same size is another object", async () => {
    await cloud.put("in/a", '{"a":1}\n', NDJSON);
    await cloud.put("in/b", '{"b":2}\n', NDJSON);
    for (const key of ["in/a", "in/b", "in/a"]) await cloud.call({ bucket: cloud.source, key });
    expect(await Promise.all(["out/a.ndjson", "out/b.ndjson"].map(cloud.text))).toEqual(['{"a":1}\n', '{"b":2}\n']);
  });

  it("loaded anew when it was replaced between two runs", async () => {
    for (const content of ['{"v":1}\n', '{"v":2}\n']) {
      await cloud.put("in/versions", content, NDJSON);
      await cloud.call({ bucket: cloud.source, key: "in/versions" });
      expect(await cloud.text("out/versions.ndjson")).toBe(content);
    }
  });
});

describe("[S0.4] an S3 notification starts a run", () => {
  it("for tasks in one JSON object", async () => {
    const tasks = Array.from({ length: 23 }, (_, i) => ({ task: i }));
    await cloud.put("in/tasks.json", JSON.stringify({ tasks }, null, 2));
    const { run } = await cloud.until((event) => runsOf("in/tasks.json")(event.run) && event.type === "done");
    expect(await cloud.text("out/tasks.json.ndjson")).toBe(tasks.map((task) => `${JSON.stringify(task)}\n`).join(""));
    expect(seenOf(run).filter(({ type }) => type === "hop.start")).toHaveLength(1);
  });

  it("for each of its records, by decoded keys", async () => {
    const keys = ["in/x 1+1.list", "in/ü/2.list", "in/3.list"];
    for (const key of keys) await cloud.put(key, `{"key":${JSON.stringify(key)}}\n`, NDJSON);
    const Records = keys.map((key, i) => ({
      eventSource: "aws:s3",
      s3: {
        bucket: { name: cloud.source },
        object: { key: encodeURIComponent(key).replaceAll("%20", "+"), sequencer: `split-${i}` },
      },
    }));
    expect(await cloud.call({ Records })).toMatchObject({ status: "done", result: { status: "split", runs: 3 } });
    for (let i = 0; i < 3; i++) await cloud.until(({ run, type }) => run.endsWith(`@split-${i}`) && type === "done");
    for (const key of keys) {
      expect(await cloud.text(`${key.replace("in/", "out/")}.ndjson`)).toBe(`{"key":${JSON.stringify(key)}}\n`);
    }
  });

  it("or EventBridge does", async () => {
    await cloud.put("in/a+b c", ndjson(3), NDJSON);
    const detail = { bucket: { name: cloud.source }, object: { key: "in/a+b c" } };
    const outcome = await cloud.call({ id: "e-1", source: "aws.s3", "detail-type": "Object Created", detail });
    expect(outcome).toMatchObject({ status: "done", run: `${cloud.functionName}/event:e-1` });
    expect(await cloud.text("out/a+b c.ndjson")).toBe(ndjson(3));
  });
});

describe("[S1.3] [S2.2] a hop has one successor", () => {
  it("through the alias the run was begun by", async () => {
    const version = cloud.aws.lambda.publishVersion(cloud.functionName);
    cloud.aws.lambda.createAlias(cloud.functionName, "live", version);
    await cloud.put("in/alias", ndjson(10), NDJSON);
    await cloud.call(withOneStepHops({ bucket: cloud.source, key: "in/alias" }, "alias"), "live");
    await cloud.endOf("alias");
    expect(seenOf("alias").filter(({ type }) => type === "hop.start")).toHaveLength(3);
    const invoked = cloud.aws.calls.list().filter(({ action }) => action === "lambda:InvokeFunction");
    expect(invoked.find(({ resourceArn }) => resourceArn.endsWith(":live"))?.count).toBe(2);
  });

  it("even if Lambda refuses the hand-off for a while", async () => {
    let refusals = 5;
    cloud.faults.throttle = ({ invocationType }) =>
      invocationType === "Event" && cloud.events.at(-1)?.run === "throttled" && refusals-- > 0;
    const content = await begin("throttled", 15);
    await cloud.endOf("throttled");
    expect(refusals).toBeLessThanOrEqual(0);
    expect(await cloud.text("out/throttled.ndjson")).toBe(content);
    expect(seenOf("throttled").filter(({ type }) => type === "hop.start")).toHaveLength(4);
  });
});

describe("[S2.1] a call that hangs does not cost the run", () => {
  it("it is given up at the reserve, and the next hop goes on from the last safe point", async () => {
    const content = await begin("hanging", 15);
    await handedOff("hanging", 0);
    cloud.slow.beforeHeadMs = 3_500;
    const { hop } = await cloud.until(
      (event) => event.run === "hanging" && event.type === "handoff" && event.cause === "watchdog",
    );
    cloud.slow.beforeHeadMs = 0;
    expect(hop).toBeGreaterThan(0);
    await cloud.endOf("hanging");
    expect(await cloud.text("out/hanging.ndjson")).toBe(content);
  });
});

describe("[S0.3] an object that is replaced during a run", () => {
  it("ends it", async () => {
    await begin("replaced", 100);
    await handedOff("replaced", 2);
    await cloud.put("in/replaced", ndjson(7), NDJSON);
    const { responsePayload, requestPayload } = await cloud.failure(({ key }) => key === "in/replaced");
    expect(responsePayload).toEqual(
      expect.objectContaining({
        errorType: "ObjectChangedError",
        // S3 that refuses a range in the middle of a hop does not tell the new ETag.
        errorMessage: expect.stringMatching(
          /^Run replaced failed: s3:.*in\/replaced: .*was replaced during the run: its ETag was "[^"]+"( and is "[^"]+")?\. /,
        ),
      }),
    );
    expect(requestPayload).toMatchObject({ position: { key: "in/replaced", read: { record: expect.any(Number) } } });
    expect(cloud.events).toContainEqual(expect.objectContaining({ run: "replaced", code: "OBJECT_CHANGED" }));
    expect(await cloud.text("out/replaced.ndjson")).toBeUndefined();
  });

  it("or, if so configured, begins it anew on what is there now", async () => {
    await cloud.configure({ timeoutSeconds: 4, environment: { BATCH_SIZE: "5", ON_CHANGED: "restart" } });
    await begin("restarted", 60);
    await handedOff("restarted", 2);
    const content = ndjson(33).replaceAll("record", "other");
    await cloud.put("in/restarted", content, NDJSON);
    await cloud.endOf("restarted");
    expect(await cloud.text("out/restarted.ndjson")).toBe(content);
    expect((await cloud.outputKeys()).filter((key) => key.includes(".longhaul/restarted"))).toEqual([]);
  });
});
