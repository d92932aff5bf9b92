import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BatchCloud, startBatchCloud } from "./batch-cloud.ts";
import { ndjson, withOneStepHops } from "./one-step-hops.ts";

const environment = { BATCH_SIZE: "5", MAX_RECORD_BYTES: "1000" };

let cloud: BatchCloud;
beforeAll(async () => {
  cloud = await startBatchCloud({ timeoutSeconds: 4, environment });
});
afterAll(() => cloud.stop());

/** The object that an event names; keys here are the same when URL-encoded. */
const keyOf = (event: Readonly<Record<string, unknown>>): unknown => {
  const [record] = (event.Records ?? []) as readonly { s3?: { object: { key: string } } }[];
  return record?.s3?.object.key ?? event.key;
};

/** The failure that an event for this key came to, with the code it was logged under. */
async function failureOf(key: string) {
  const { responsePayload, requestPayload, requestContext } = await cloud.failure((event) => keyOf(event) === key);
  const { errorType, errorMessage } = responsePayload;
  const code = cloud.events.flatMap((event) =>
    event.type === "error" && errorMessage === event.message ? [event.code] : [],
  )[0];
  return { code, errorType, errorMessage, event: requestPayload, tries: requestContext.approximateInvokeCount };
}

/** The record of a run. */
async function stateOf(isWanted: (run: string) => boolean): Promise<unknown> {
  for await (const record of cloud.runs.list()) {
    if (isWanted(record.run)) return record.state === undefined ? undefined : JSON.parse(record.state).value;
  }
  return undefined;
}

const broken = `${ndjson(7)}{"id":7,\n${ndjson(3)}`;
const csv = 'id,name\n1,one\n2,tw"o\n3,three\n';

describe("what cannot be read is said, with object, record and cause, and its event is kept", () => {
  it.each<[what: string, key: string, body: string | Buffer, code: string, errorType: string, message: RegExp]>([
    ["an empty object", "in/empty.ndjson", "", "EMPTY_OBJECT", "SourceError", /the object is empty/],
    ["an empty tasks object", "in/empty.json", "", "EMPTY_OBJECT", "SourceError", /the object is empty/i],
    ["nothing, compressed", "in/empty.csv.gz", gzipSync(""), "EMPTY_OBJECT", "SourceError", /the object is empty/],
    [
      "no gzip though named so",
      "in/x.ndjson.gz",
      ndjson(3),
      "NOT_GZIP",
      "NotGzipError",
      /is not gzip although its name/,
    ],
    ["gzip not named so", "in/z.csv", gzipSync("a\n1\n"), "ENCODING", "EncodingError", /is gzip data/],
    [
      "gzip cut short",
      "in/c.ndjson.gz",
      gzipSync(ndjson(99)).subarray(0, 200),
      "TRUNCATED_GZIP",
      "TruncatedGzipError",
      /in the middle/,
    ],
    [
      "a broken JSON line",
      "in/broken.ndjson",
      broken,
      "BROKEN_RECORD",
      "BrokenRecordError",
      /Record 7 \(bytes \d+ to \d+\) is not JSON/,
    ],
    ["CSV with a lone quote", "in/quote.csv", csv, "BROKEN_RECORD", "BrokenRecordError", /Record 1 .*quote/],
    [
      "a record that is too large",
      "in/large.ndjson",
      `{"a":1}\n${JSON.stringify("x".repeat(2_000))}\n`,
      "RECORD_TOO_LARGE",
      "RecordTooLargeError",
      /Record 1 .*larger than maxRecordBytes \(1000\)/,
    ],
    [
      "a document without tasks",
      "in/none.json",
      '{"items":[1]}',
      "TASKS_MISSING",
      "TasksMissingError",
      /Expected \{"tasks"/,
    ],
    ["a document cut short", "in/cut.json", '{"tasks":[1,2,', "BROKEN_DOCUMENT", "BrokenDocumentError", /ends before/],
  ])("%s", async (_what, key, body, code, errorType, message) => {
    await cloud.put(key, body);
    const failure = await failureOf(key);
    expect(failure).toMatchObject({ code, errorType, tries: 3, errorMessage: expect.stringMatching(message) });
    expect(failure.errorMessage).toMatch(new RegExp(`^s3://${cloud.source}/${key}\\b`));
    expect(await cloud.text(`${key.replace("in/", "out/")}.ndjson`)).toBeUndefined();
  });

  it("the state before the fault stays in the run's record", async () => {
    await failureOf("in/broken.ndjson");
    const state = await stateOf((run) => run.includes("/in/broken.ndjson@"));
    expect(state).toMatchObject({ key: "in/broken.ndjson", read: { record: 7 }, written: 7, result: { v: 1 } });
  });

  it("an object that is not there", async () => {
    await cloud.send({ bucket: cloud.source, key: "in/none-1" });
    expect(await failureOf("in/none-1")).toMatchObject({
      code: "OBJECT_NOT_FOUND",
      errorType: "ObjectNotFoundError",
      errorMessage: expect.stringMatching(/There is no object "in\/none-1" in bucket/),
    });
  });

  it("an object that may not be read", async () => {
    await cloud.put("in/secret.list", ndjson(1));
    cloud.denied.add("in/secret.list");
    await cloud.send({ bucket: cloud.source, key: "in/secret.list" });
    expect(await failureOf("in/secret.list")).toMatchObject({
      code: "OBJECT_ACCESS_DENIED",
      errorType: "ObjectAccessDeniedError",
      errorMessage: expect.stringMatching(/"in\/secret\.list" in bucket .* was denied\. The role needs s3:GetObject/),
    });
  });

  it("an object of unknown format", async () => {
    await cloud.put("in/data.bin", "x");
    await cloud.send({ bucket: cloud.source, key: "in/data.bin" });
    expect(await failureOf("in/data.bin")).toMatchObject({
      code: "UNKNOWN_FORMAT",
      errorType: "UnknownFormatError",
      errorMessage: expect.stringMatching(/in\/data\.bin: The format of .* is unknown.*Known: \.ndjson/),
    });
  });
});

describe("an event that is none of ours is refused and kept", () => {
  const position = (read: object) => ({ bucket: "b", key: "k", read, written: 0, rejected: 0 });

  it.each<[what: string, event: object, errorType: string, message: RegExp]>([
    [
      "that names no object",
      { hello: 1 },
      "EventError",
      /no news of an upload: expected .* it has the fields hello, what/,
    ],
    ["with no records", { Records: [] }, "EventError", /Records are empty/],
    ["of something else", { Records: [{ Sns: {} }] }, "EventError", /no S3 notification/],
    ["whose state is no state", { position: "from the middle" }, "StateError", /position must be an object/],
    ["whose state is damaged", { position: position({ record: -1 }) }, "StateError", /position\.record must be/],
    ["whose state is of another handler", { position: { token: "abc" } }, "StateError", /must name a bucket/],
    ["whose count is no count", { position: 1.5 }, "StateError", /position must be a whole number/],
    ["with a foreign envelope", { longhaul: "mine" }, "EventError", /longhaul must be an object/],
    ["with another foreign envelope", { longhaul: { trip: 7 } }, "EventError", /longhaul\.v must be 1/],
    [
      "with a newer envelope",
      { longhaul: { v: 2 } },
      "EventError",
      /envelope version 2; this code reads version 1\. Deploy/,
    ],
    [
      "of a run nobody knows",
      { longhaul: { v: 1, run: "r", hop: 3, startedAt: 1 } },
      "RunUnknownError",
      /no record of run r/,
    ],
    ["with a key no object can have", { bucket: "b", key: "x".repeat(1025) }, "EventError", /key of 1025 bytes/],
    [
      "whose key is not URL-encoded",
      { Records: [{ s3: { bucket: { name: "b" }, object: { key: "100%" } } }] },
      "EventError",
      /the key "100%" is not URL-encoded/,
    ],
  ])("%s", async (what, fields, errorType, message) => {
    const event = { ...("position" in fields ? { bucket: cloud.source, key: "in/k.list" } : {}), ...fields, what };
    await cloud.send(event);
    const failure = await cloud.failure((payload) => payload.what === what);
    expect(failure.responsePayload).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
    expect(failure.requestPayload).toEqual(event);
  });

  it.each([
    ["records", 100],
    ["bytes", { record: 2, byte: 100_000 }],
  ])("whose position lies beyond the end, counted in %s", async (unit, read) => {
    const key = `in/beyond-${unit}`;
    await cloud.put(key, ndjson(3), { ContentType: "application/x-ndjson" });
    const state = typeof read === "number" ? read : { bucket: cloud.source, key, read, written: 0, rejected: 0 };
    await cloud.send({ bucket: cloud.source, key, position: state });
    expect(await failureOf(key)).toMatchObject({
      code: "POSITION_BEYOND_END",
      errorType: "PositionBeyondEndError",
      errorMessage: expect.stringMatching(new RegExp(`${key}: Asked to read from .*, but the object ends at`)),
      event: { position: state },
    });
  });

  it("whose record holds a state that is not JSON", async () => {
    const key = "in/damaged";
    await cloud.put(key, ndjson(20), { ContentType: "application/x-ndjson" });
    cloud.faults.deliveries = ({ payload }) => (payload.includes('"hop":1') ? [] : [0]);
    const { run } = await cloud.call(withOneStepHops({ bucket: cloud.source, key }, "damaged"));
    delete cloud.faults.deliveries;
    await cloud.damageState(run);
    await cloud.send({ bucket: cloud.source, key, longhaul: { v: 1, run, hop: 1, startedAt: 1 } });
    expect(await failureOf(key)).toMatchObject({
      code: "STATE",
      errorType: "StateError",
      errorMessage: expect.stringMatching(/is not JSON/),
    });
  });
});

describe("any key that S3 takes is only a name", () => {
  const longest = `in/${"lang/ü".repeat(200)}`.slice(0, 870);
  it.each([
    ["that climbs", "in/../../etc/passwd.ndjson"],
    ["with +, spaces and signs of URLs", "in/a+b  c%2B?x=1&y#z.ndjson"],
    ["with emoji", "in/🚀 naïve/ключ.ndjson"],
    ["with quotes and a line end", 'in/"it\'s"\n.ndjson'],
    ["of 1,024 bytes", `${longest}${"k".repeat(1024 - 7 - Buffer.byteLength(longest))}.ndjson`],
  ])("%s", async (_what, key) => {
    const content = ndjson(8);
    await cloud.put(key, content);
    const { run } = await cloud.until(({ run, type }) => type === "done" && !known.has(run));
    known.add(run);
    const keys = (await cloud.outputKeys()).filter((name) => name.startsWith(`out/${key.slice(3, 12)}`));
    expect(keys).toHaveLength(1);
    expect(Buffer.byteLength(keys[0] ?? "")).toBeLessThanOrEqual(1024);
    expect(await cloud.text(keys[0] ?? "")).toBe(content);
    expect(run.length).toBeLessThanOrEqual(1024);
  });
  const known = new Set<string>();
  beforeAll(() => {
    for (const { run } of cloud.events) known.add(run);
  });
});

describe("a record that cannot be read is set aside, if so configured, and the rest goes on", () => {
  beforeAll(() => cloud.configure({ timeoutSeconds: 4, environment: { ...environment, ON_BROKEN_RECORD: "skip" } }));

  it.each<[what: string, key: string, body: string, lines: number, rejects: object[]]>([
    ["a broken JSON line", "in/broken.skip", broken, 10, [{ record: 7, reason: "json", text: '{"id":7,' }]],
    ["CSV with a lone quote", "in/quote.csv.skip", csv, 2, [{ record: 1, reason: "csv-lone-quote", text: '2,tw"o' }]],
    [
      "a record that is too large",
      "in/large.skip",
      `"${"x".repeat(2_000)}"\n1\n`,
      1,
      [{ record: 0, reason: "too-large" }],
    ],
    [
      "nothing but broken records",
      "in/all.skip",
      "{\n[\n".repeat(6),
      0,
      Array.from({ length: 12 }, (_, record) => ({ record })),
    ],
  ])("%s", async (_what, key, body, lines, rejects) => {
    const ContentType = key.includes(".csv") ? "text/csv" : "application/x-ndjson";
    await cloud.put(key, body, { ContentType });
    const run = `skip ${key}`;
    await cloud.send(withOneStepHops({ bucket: cloud.source, key }, run));
    await cloud.until((event) => event.run === run && event.type === "done");
    const [result = "", aside = ""] = await Promise.all(
      [".ndjson", ".rejects.ndjson"].map((end) => cloud.text(key.replace("in/", "out/") + end)),
    );
    expect(result.split("\n")).toHaveLength(lines + 1);
    const found = aside
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(found).toMatchObject(rejects);
    for (const { byte, text } of found) {
      expect(Buffer.from(body).subarray(byte).toString().startsWith(text)).toBe(true);
    }
  });
});
