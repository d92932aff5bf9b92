import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import { FencedError, HopEndingError, TimeBudget } from "@longhaul/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { manualHost } from "../../core/test/manual-host.ts";
import { TmpCache } from "../src/cache/tmp-cache.ts";
import { dynamodbTable } from "../src/load/dynamodb-table.ts";
import { type Loader, type LoadResult, loadFile } from "../src/load/load-file.ts";
import { type LoadState, loadBeginning } from "../src/load/load-state.ts";
import { recordsSettings } from "../src/load/settings.ts";
import { anyObject, ndjson } from "./records.ts";

const NDJSON = "application/x-ndjson";
const file = { bucket: "b", key: "in/file.ndjson" };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "longhaul-load-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A container with a bucket and a table, both in memory. */
function containerOf(body: string | Uint8Array, settings: Partial<Loader["settings"]> = {}) {
  const stored = {
    bytes: Buffer.from(body),
    contentType: NDJSON,
    failure: undefined as Error | undefined,
    hangs: false,
  };
  const gets: string[] = [];
  const items = new Map<number, string>();
  const faults: { onWrite?: () => unknown } = {};
  const s3 = async (command: { readonly input: { readonly Range?: string; readonly IfMatch?: string } }) => {
    const ETag = `"${createHash("md5").update(stored.bytes).digest("hex")}"`;
    const { Range, IfMatch } = command.input;
    if (IfMatch !== undefined && IfMatch !== ETag) {
      throw Object.assign(new Error("replaced"), { name: "PreconditionFailed", $metadata: { httpStatusCode: 412 } });
    }
    if (stored.failure) throw stored.failure;
    if (stored.hangs) await new Promise(() => {});
    if (command.constructor.name === "HeadObjectCommand") {
      return { ETag, ContentLength: stored.bytes.length, ContentType: stored.contentType };
    }
    gets.push(Range ?? "whole");
    const [from = 0, to = stored.bytes.length - 1] = (Range ?? "").match(/\d+/g)?.map(Number) ?? [];
    const bytes = stored.bytes.subarray(from, to + 1);
    const ContentRange = `bytes ${from}-${to}/${stored.bytes.length}`;
    return { ETag, ContentLength: bytes.length, ContentRange, Body: Readable.from([bytes]) };
  };
  const dynamodb = async ({ input }: BatchWriteItemCommand) => {
    await faults.onWrite?.();
    for (const { PutRequest } of input.RequestItems?.records ?? []) {
      items.set(Number(PutRequest?.Item?.record?.N), PutRequest?.Item?.data?.S ?? "");
    }
    return {};
  };
  const loader: Loader = {
    s3: { send: s3 } as unknown as S3Client,
    tmp: new TmpCache({ directory }),
    schema: anyObject,
    store: dynamodbTable("records", { send: dynamodb as unknown as DynamoDBClient["send"] }),
    settings: {
      ...recordsSettings({}),
      batchSize: 4,
      tmpMaxBytes: 1e9,
      ...settings,
    },
  };
  return { loader, stored, gets, items, faults };
}

/** One hop: ends at the end of the file, or is left at its so-manieth safe point, as a hop that hands off leaves it. */
async function hop(
  loader: Loader,
  {
    state = loadBeginning,
    steps = 1e9,
    hasEnded = (): boolean => false,
    of = file as Parameters<typeof loadFile>[1],
    signal = new AbortController().signal,
  } = {},
): Promise<{ state: LoadState; result: LoadResult | undefined; records: number }> {
  const fence = {
    isLive: true,
    token: 1,
    assert() {
      if (hasEnded()) throw new FencedError("run", 0);
    },
  };
  const run = {
    id: "run",
    hop: 0,
    attempt: 1,
    isRecorded: true,
    isRewindable: false,
    rewinds: 0,
    deaths: 0,
    startedAt: 0,
    fence,
  };
  const budget = new TimeBudget({ remainingMs: () => 60_000 });
  let records = 0;
  const progress = (counters: Readonly<Record<string, number>>) => {
    records = counters.records ?? 0;
  };
  const work = loadFile(loader, of, state, { run, signal, budget, progress });
  let last = state;
  for (let step = 0; step < steps; step++) {
    const pulled = await work.next();
    if (pulled.done) return { state: last, result: pulled.value, records };
    last = pulled.value;
  }
  await work.return({ status: "superseded", records: 0 });
  return { state: last, result: undefined, records };
}

const filesIn = () => readdir(directory).catch(() => []);
const linesOf = (items: ReadonlyMap<number, string>) =>
  [...items].sort(([a], [b]) => a - b).map(([, json]) => `${json}\n`);

describe("a file is loaded batch by batch", () => {
  it("to its last record, each under its number", async () => {
    const { loader, items } = containerOf(ndjson(10));
    const { result, records } = await hop(loader);
    expect([result, records]).toEqual([{ status: "loaded", records: 10, skipped: 0 }, 10]);
    expect(linesOf(items).join("")).toBe(ndjson(10));
  });

  it.each([1, 2, 3])("exactly, over hops of %d batches", async (steps) => {
    const { loader, items, gets } = containerOf(ndjson(23));
    let { state, result } = await hop(loader, { steps });
    for (let hops = 1; result === undefined && hops < 20; hops++)
      ({ state, result } = await hop(loader, { state, steps }));
    expect(result).toEqual({ status: "loaded", records: 23, skipped: 0 });
    expect(linesOf(items).join("")).toBe(ndjson(23));
    expect(gets).toHaveLength(1);
  });

  it.each<[string, string, Partial<Loader["settings"]>]>([
    ["NDJSON that is named .json", "in/file.json", {}],
    ["NDJSON whose name says nothing, by a setting", "in/file", { format: "ndjson" }],
  ])("%s", async (_, key, settings) => {
    const { loader, stored, items } = containerOf(ndjson(10), settings);
    stored.contentType = "";
    let { state, result } = await hop(loader, { of: { bucket: "b", key }, steps: 1 });
    ({ state, result } = await hop(loader, { of: { bucket: "b", key }, state }));
    expect(result).toEqual({ status: "loaded", records: 10, skipped: 0 });
    expect(linesOf(items).join("")).toBe(ndjson(10));
  });

  it("CSV with semicolons, by a setting", async () => {
    const { loader, items } = containerOf("id;name\n1;ada\n", { csvDelimiter: ";" });
    await hop(loader, { of: { bucket: "b", key: "in/file.csv" } });
    expect(linesOf(items)).toEqual(['{"id":"1","name":"ada"}\n']);
  });

  it("and says that it has bytes but no records", async () => {
    const { loader } = containerOf("id,name\n");
    expect((await hop(loader, { of: { bucket: "b", key: "in/file.csv" } })).result).toEqual({
      status: "loaded",
      records: 0,
      skipped: 0,
      notice: "The file has 8 bytes and no records.",
    });
  });

  it("compressed, and as CSV", async () => {
    const { loader, items } = containerOf(gzipSync("id,name\n1,a\n2,b\n"));
    expect((await hop(loader, { of: { bucket: "b", key: "in/file.csv.gz" } })).result).toMatchObject({ records: 2 });
    expect([...items.values()]).toEqual(['{"id":"1","name":"a"}', '{"id":"2","name":"b"}']);
  });

  it.each(["in/empty.ndjson", "in/empty.json", "in/empty.csv", "in/empty"])(
    "of no bytes, as %s: no records",
    async (key) => {
      const { loader, stored } = containerOf("");
      stored.contentType = "";
      expect((await hop(loader, { of: { bucket: "b", key } })).result).toEqual({
        status: "loaded",
        records: 0,
        skipped: 0,
      });
    },
  );

  it("separated by tabs, if its name says so", async () => {
    const { loader, items } = containerOf("a\tb,c\n1\t2,3\n");
    await hop(loader, { of: { bucket: "b", key: "in/file.tsv" } });
    expect([...items.values()]).toEqual(['{"a":"1","b,c":"2,3"}']);
  });

  it.each<[what: string, key: string, body: string, records: number]>([
    [
      "NDJSON with a byte order mark, CRLF, empty lines, and no end of the last",
      "f.ndjson",
      '\uFEFF{"a":1}\r\n\r\n\n{"a":2}',
      2,
    ],
    ["CSV with them", "f.csv", '\uFEFFa,b\r\n1,"x\r\ny"\r\n\r\n3,4', 2],
    ["JSON with them", "f.json", '\uFEFF{"tasks":\r\n[{"a":1},\n\n{"a":2}]}', 2],
    ["names that objects have already", "f.ndjson", '{"__proto__":{"a":1}}\n{"constructor":1}\n', 2],
    ["columns of such names", "f.csv", "__proto__,toString\n1,2\n", 1],
  ])("exactly: %s", async (_, key, body, records) => {
    const { loader, stored, items } = containerOf(body);
    stored.contentType = "";
    expect((await hop(loader, { of: { bucket: "b", key } })).result).toEqual({ status: "loaded", records, skipped: 0 });
    expect([...items.keys()]).toEqual(Array.from({ length: records }, (_, i) => i));
    if (body.includes("__proto__")) expect(items.get(0)).toMatch(/^\{"__proto__":/);
  });

  it("and records left out are counted over all hops", async () => {
    const { loader } = containerOf(`7\n${ndjson(5)}8\n`, { onInvalid: "skip" });
    const { state } = await hop(loader, { steps: 1 });
    expect((await hop(loader, { state })).result).toEqual({ status: "loaded", records: 7, skipped: 2 });
  });

  it("and so are those that cannot even be read, each under its number", async () => {
    const { loader, items } = containerOf(`{oops\n${ndjson(5)}{cut`, { onInvalid: "skip" });
    let { state, result } = await hop(loader, { steps: 1 });
    ({ result } = await hop(loader, { state }));
    expect(result).toEqual({ status: "loaded", records: 7, skipped: 2 });
    expect([...items.keys()]).toEqual([1, 2, 3, 4, 5]);
  });

  it("and slowed down, if so configured, counted from where the hop begins", async () => {
    const { loader, items } = containerOf(ndjson(2_000), { batchSize: 900 });
    const { state } = await hop(loader, { steps: 2 });
    const beganMs = performance.now();
    await hop({ ...loader, settings: { ...loader.settings, maxRecordsPerSecond: 200 } }, { state });
    const tookMs = performance.now() - beganMs;
    expect(tookMs).toBeGreaterThan(900);
    // Counted from the loadBeginning of the file, it would be ten seconds.
    expect(tookMs).toBeLessThan(9_000);
    expect(items.size).toBe(2_000);
  });
});

describe("[S3.2] its copy in /tmp", () => {
  it("stays for the next hop of the container, which asks S3 for nothing but whether it is still right", async () => {
    const { loader, gets } = containerOf(ndjson(10));
    const { state } = await hop(loader, { steps: 1 });
    expect(await filesIn()).toHaveLength(1);
    await hop(loader, { state });
    expect(gets).toHaveLength(1);
    expect(await filesIn()).toEqual([]);
  });

  it.each<[when: string, body: string, onWrite: () => void]>([
    ["the file is rejected", "7\n", () => {}],
    [
      "the hop fails",
      ndjson(3),
      () => {
        throw new TypeError("broken");
      },
    ],
  ])("is removed when %s", async (_, body, onWrite) => {
    const { loader, faults } = containerOf(body);
    faults.onWrite = onWrite;
    await hop(loader).catch(() => {});
    expect(await filesIn()).toEqual([]);
  });

  it.each([
    ["the hop ends for want of time", new HopEndingError(0), false],
    ["what it was doing was aborted for that", new TypeError("aborted"), true],
    ["the hop has lost its run, which goes on elsewhere", new FencedError("run", 0), false],
  ])("is kept when %s in the middle of a batch", async (_, error, isAborted) => {
    const { loader, faults } = containerOf(ndjson(10));
    const controller = new AbortController();
    faults.onWrite = () => {
      if (isAborted) controller.abort(error);
      throw error;
    };
    await expect(hop(loader, { signal: controller.signal })).rejects.toThrow(error);
    expect(await filesIn()).toHaveLength(1);
  });

  it("is not made for a file that is too large: it is read by ranges", async () => {
    const { loader, items } = containerOf(ndjson(10), { tmpMaxBytes: 10 });
    await hop(loader);
    expect(items.size).toBe(10);
    expect(await filesIn()).toEqual([]);
  });
});

describe("a file that is not what it was", () => {
  it("ends its run: replaced between two hops", async () => {
    const { loader, stored, items } = containerOf(ndjson(10));
    const { state } = await hop(loader, { steps: 1 });
    stored.bytes = Buffer.from(ndjson(50));
    expect((await hop(loader, { state })).result).toEqual({ status: "superseded", records: 4 });
    expect(items.size).toBe(4);
    expect(await filesIn()).toEqual([]);
  });

  it("nor leaves a decompressed copy of what it was", async () => {
    const { loader, stored } = containerOf(gzipSync(ndjson(10)));
    const of = { bucket: "b", key: "in/file.ndjson.gz" };
    const { state } = await hop(loader, { of, steps: 1 });
    expect(await filesIn()).toHaveLength(1);
    stored.bytes = gzipSync(ndjson(50));
    expect((await hop(loader, { of, state })).result).toEqual({ status: "superseded", records: 4 });
    expect(await filesIn()).toEqual([]);
  });

  it("ends its run: replaced before the first", async () => {
    const { loader } = containerOf(ndjson(10));
    const { result } = await hop(loader, { of: { ...file, etag: "0123456789abcdef0123456789abcdef" } });
    expect(result).toEqual({ status: "superseded", records: 0 });
  });
});

describe("a file that can never be loaded is rejected, with the reason; what may pass fails the hop", () => {
  it.each([
    ["INVALID_RECORD", file.key, `${ndjson(5)}7\n`, /^Record 5 is not valid: must be an object/],
    ["BROKEN_RECORD", file.key, "{oops\n", /./],
    ["BROKEN_RECORD", file.key, '{"a":{"id":144126219108390099}}\n', /144126219108390099 at a\.id/],
    ["BROKEN_RECORD", "in/latin1.csv", Buffer.from("id,name\n1,Jos\u00e9\n", "latin1"), /not UTF-8 at byte 13/],
    [
      "CORRUPT_GZIP",
      "in/lf.ndjson.gz",
      Buffer.concat([gzipSync(ndjson(5)), Buffer.from("\n")]),
      /follows its end at byte \d+: "\\n"/,
    ],
    ["CSV_HEADER", "in/semicolons.csv", "id;name\n1;ada\n", /2 by ";"/],
    ["ENCODING", "in/wide.csv", Buffer.from("id,name\n1,ada\n", "utf16le"), /UTF-16, little endian/],
    ["BROKEN_RECORD", "in/cut.ndjson", '{"a":1}\n{"a":', /^Record 1 /],
    ["RECORD_TOO_LARGE", "in/file.ndjson", `{"a":"${"x".repeat(17 * 1024 * 1024)}"}\n`, /^Record 0 /],
    ["NOT_GZIP", "in/file.ndjson.gz", "plain", /./],
    ["TRUNCATED_GZIP", "in/file.ndjson.gz", gzipSync(ndjson(500)).subarray(0, -20), /./],
    ["CORRUPT_GZIP", "in/file.ndjson.gz", Buffer.concat([gzipSync(ndjson(5)), Buffer.from("garbage")]), /./],
    ["UNKNOWN_FORMAT", "in/file.parquet", "PAR1", /parquet/],
    ["UNKNOWN_FORMAT", "in/file.csv.zst", "x", /zstd/],
    ["ENCODING", "in/file.csv", Buffer.from("\uFEFFa,b\n", "utf16le"), /UTF-16/],
    ["BROKEN_DOCUMENT", "in/file.json", '{"tasks":[{"a":1},{"a"', /./],
    ["TASKS_MISSING", "in/file.json", '{"task":[{"a":1}]}', /./],
    ["EMPTY_OBJECT", "in/file.json", " \n", /./],
    ["CSV_HEADER", "in/file.csv", `${"x".repeat(5_000)},${"x".repeat(5_000)}\n1,2\n`, /^.{1000}$/],
  ])("%s", async (code, key, body, message) => {
    const { loader, stored } = containerOf(body);
    if (!key.endsWith("file.ndjson")) stored.contentType = "";
    const { result } = await hop(loader, { of: { bucket: "b", key } });
    expect(result).toEqual({ status: "rejected", code, message: expect.stringMatching(message) });
    expect(await filesIn()).toEqual([]);
  });

  it.each([
    ["OBJECT_NOT_FOUND", "NotFound", 404],
    ["OBJECT_ARCHIVED", "InvalidObjectState", 403],
  ])("%s", async (code, name, httpStatusCode) => {
    const { loader, stored } = containerOf("");
    stored.failure = Object.assign(new Error("S3 says no"), { name, $metadata: { httpStatusCode } });
    expect((await hop(loader)).result).toMatchObject({ status: "rejected", code });
  });

  it("that it may not be read", async () => {
    const { loader, stored } = containerOf("");
    const $metadata = { httpStatusCode: 403 };
    stored.failure = Object.assign(new Error("S3 says no"), { name: "AccessDenied", $metadata });
    await expect(hop(loader)).rejects.toMatchObject({ code: "OBJECT_ACCESS_DENIED" });
  });

  it("the table's trouble", async () => {
    const { loader, faults } = containerOf(ndjson(5));
    faults.onWrite = () => {
      throw new Error("throttled");
    };
    await expect(hop(loader)).rejects.toThrow("throttled");
  });

  it.each<[string, RegExp, (world: ReturnType<typeof containerOf>) => void]>([
    [
      "the table that never answers",
      /No batch of the file was loaded within 40 ms\.$/,
      ({ faults }) => {
        faults.onWrite = () => new Promise(() => {});
      },
    ],
    [
      "S3 that never answers",
      /within 40 ms/,
      ({ stored }) => {
        stored.hangs = true;
      },
    ],
  ])("%s, so that no other file waits for it", async (_, message, cause) => {
    const world = containerOf(ndjson(5), { stallTimeoutMs: 40 });
    cause(world);
    await expect(hop(world.loader)).rejects.toMatchObject({
      code: "FILE_STALLED",
      message: expect.stringMatching(message),
    });
    expect(await filesIn()).toEqual([]);
  });

  it("the table that takes nothing for too long, with what it said last", async () => {
    // Long enough for a first write on a busy machine.
    const { loader, faults } = containerOf(ndjson(5), { stallTimeoutMs: 1_000 });
    faults.onWrite = () => Promise.reject(Object.assign(new Error("slower"), { name: "SlowDown" }));
    await expect(hop(loader)).rejects.toMatchObject({
      code: "FILE_STALLED",
      message: expect.stringMatching(/within 1000 ms\. The last trouble was SlowDown: slower/),
    });
    expect(await filesIn()).toEqual([]);
  });

  it("while it is slowed down on purpose it does not count as stalled", async () => {
    const { loader, faults } = containerOf(ndjson(12), { stallTimeoutMs: 40, maxRecordsPerSecond: 50 });
    const host = manualHost();
    // After each write, when the loader waits to keep its pace.
    faults.onWrite = () => void setImmediate(() => host.advance(10_000));
    const { result } = await hop({ ...loader, host });
    expect(result).toMatchObject({ status: "loaded", records: 12 });
    expect(host.nowMs).toBe(manualHost().nowMs + 30_000);
  });

  it("and a hop that has lost its run writes nothing more", async () => {
    const { loader, items } = containerOf(ndjson(10));
    await expect(hop(loader, { hasEnded: () => items.size > 0 })).rejects.toThrow(FencedError);
    expect(items.size).toBe(4);
  });
});
