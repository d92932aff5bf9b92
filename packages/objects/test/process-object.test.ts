import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { ListMultipartUploadsCommand, ListObjectsV2Command, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BatchState } from "../src/transform/batch-state.ts";
import { beginning } from "../src/transform/process-object.ts";
import { containerAt, HandDrivenHop, runInHops, settingsOf } from "./hop-by-hop.ts";
import { type LocalBuckets, startLocalBuckets } from "./local-buckets.ts";
import { ndjson } from "./one-step-hops.ts";

const MIB = 1024 * 1024;
const NDJSON = { ContentType: "application/x-ndjson" };
const PARTS = { PART_BYTES: String(5 * MIB) };

let s3: LocalBuckets;
beforeAll(async () => {
  s3 = await startLocalBuckets();
});
afterAll(() => s3.stop());

/** A new container; with a directory of an earlier one it is that container's `/tmp`. */
const container = async (environment: Record<string, string> = {}, directory?: string) =>
  containerAt(s3.client, settingsOf(environment), directory ?? (await mkdtemp(join(s3.tmp, "c-"))));

const sourceOf = (key: string) => ({ bucket: "source", key });

/** 1,000 records of 12 kB: more than is kept in memory, and more than one part. */
const large = ndjson(1_000).replaceAll("✓", "x".repeat(12_000));

describe("every format is worked off to the same lines, in however many hops", () => {
  const rows = Array.from({ length: 57 }, (_, i) => ({ id: String(i), note: `line ${i}\n"quoted", ünïcode` }));
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const csv = (delimiter: string) =>
    `id${delimiter}note\r\n${rows.map(({ id, note }) => `${id}${delimiter}"${note.replaceAll('"', '""')}"\r\n`).join("")}`;
  const text = Array.from({ length: 57 }, (_, i) => (i % 7 === 3 ? "" : `line ${i} é`));

  it.each<[key: string, body: string | Buffer, headers: object, expected: string]>([
    ["in/a.ndjson", lines, {}, lines],
    ["in/a.jsonl.gz", gzipSync(lines), {}, lines],
    ["in/a.json", JSON.stringify({ before: [1], tasks: rows, after: {} }), {}, lines],
    ["in/array.json", JSON.stringify(rows, null, 2), {}, lines],
    ["in/a.json.gz", gzipSync(JSON.stringify(rows)), {}, lines],
    ["in/a.csv", csv(","), {}, lines],
    ["in/a.tsv.gz", gzipSync(csv("\t")), {}, lines],
    ["in/a.txt", text.join("\n"), {}, text.map((line) => `${JSON.stringify(line)}\n`).join("")],
    ["in/by-type", csv(","), { ContentType: "text/csv; charset=utf-8" }, lines],
    ["in/encoded.ndjson", gzipSync(lines), { ContentEncoding: "gzip" }, lines],
    ["in/typed.ndjson", gzipSync(lines), { ContentType: "application/gzip" }, lines],
    ["in/header-only.csv", "id,note\n", {}, ""],
    ["in/ndjson.json", lines, {}, lines],
    ["in/ndjson.json.gz", gzipSync(lines), {}, lines],
    ["in/utf-8.csv", csv(","), { ContentEncoding: "utf-8" }, lines],
    ["in/both.csv", gzipSync(csv(",")), { ContentEncoding: "gzip, utf-8" }, lines],
    ["in/mac.csv", csv(",").replaceAll("\r\n", "\r"), {}, lines],
  ])("%s", async (key, body, headers, expected) => {
    await s3.put(key, body, headers);
    for (const stepsPerHop of [1, 3, 100]) {
      const warm = await container({ BATCH_SIZE: "4" });
      const run = `${key} by ${stepsPerHop}`;
      const { summary, hops } = await runInHops(() => warm, sourceOf(key), { run, stepsPerHop });
      const records = expected === "" ? 0 : 57;
      expect(summary).toMatchObject({ records, written: records, rejected: 0, source: { key } });
      expect(summary.notice).toBe(records === 0 ? `The object has ${body.length} bytes and no records.` : undefined);
      expect(hops).toBe(1 + Math.floor(Math.ceil(records / 4) / stepsPerHop));
      expect(await s3.text(summary.result.key)).toBe(expected);
    }
  });
});

describe("data records that are set aside", () => {
  it("are counted over all batches and hops", async () => {
    const lines = Array.from({ length: 20 }, (_, id) => (id % 5 === 2 ? "{broken" : JSON.stringify({ id })));
    await s3.put("in/some-broken.ndjson", `${lines.join("\n")}\n`);
    const warm = await container({ BATCH_SIZE: "4", ON_BROKEN_RECORD: "skip" });
    const { summary, hops } = await runInHops(() => warm, sourceOf("in/some-broken.ndjson"), {
      run: "b",
      stepsPerHop: 2,
    });
    expect(summary).toMatchObject({ records: 20, written: 16, rejected: 4 });
    expect(hops).toBeGreaterThan(1);
  });
});

describe("the object is read where it is at hand", () => {
  it("a larger one from /tmp, downloaded once in all hops, and removed at the end", async () => {
    await s3.put("in/../../etc/passwd", large, NDJSON);
    const directory = await mkdtemp(join(s3.tmp, "c-"));
    const warm = await container(PARTS, directory);
    s3.reads.length = 0;
    const source = sourceOf("in/../../etc/passwd");
    const first = new HandDrivenHop(warm, beginning(source), "passwd");
    await first.steps(1);
    expect(await filesIn(directory)).toEqual([expect.stringMatching(/^[\w-]+\.12\d{6}$/)]);
    const second = new HandDrivenHop(warm, await first.handOff(), "passwd");
    expect((await second.steps(9))?.records).toBe(1_000);
    expect(await filesIn(directory)).toEqual([]);
    expect(s3.reads.filter((name) => name === "HeadObject")).toHaveLength(2);
    expect(s3.reads.filter((name) => name === "GetObject").length).toBeLessThanOrEqual(2);
    expect((await s3.text("out/../../etc/passwd.ndjson")) === large).toBe(true);
  });

  it("one that /tmp has no room for by ranges, from the position on", async () => {
    await s3.put("in/ranged", large, NDJSON);
    const small = await container({ ...PARTS, TMP_MAX_BYTES: String(MIB) });
    s3.reads.length = 0;
    const { summary, hops } = await runInHops(() => small, sourceOf("in/ranged"), { run: "ranged", stepsPerHop: 1 });
    expect([summary.records, hops]).toEqual([1_000, 3]);
    expect((await s3.text("out/ranged.ndjson")) === large).toBe(true);
  });

  it("one whose room in /tmp others had, after evicting those", async () => {
    await s3.put("in/kept", large, NDJSON);
    await s3.put("in/next", large, NDJSON);
    const directory = await mkdtemp(join(s3.tmp, "c-"));
    const tight = await container({ ...PARTS, TMP_MAX_BYTES: String(20 * MIB) }, directory);
    const stopped = new HandDrivenHop(tight, beginning(sourceOf("in/kept")), "kept");
    await stopped.steps(1);
    await stopped.handOff();
    const [kept] = await filesIn(directory);
    const next = new HandDrivenHop(tight, beginning(sourceOf("in/next")), "next");
    await next.steps(1);
    expect(await filesIn(directory)).toEqual([expect.not.stringMatching(kept ?? "")]);
    expect((await next.steps(9))?.records).toBe(1_000);
  });

  it("gzip that /tmp has no room for once decompressed, too", async () => {
    await s3.put("in/dense.ndjson.gz", gzipSync(large));
    const small = await container({ ...PARTS, TMP_MAX_BYTES: String(MIB) });
    const { summary } = await runInHops(() => small, sourceOf("in/dense.ndjson.gz"), { run: "gz", stepsPerHop: 1 });
    expect(summary.records).toBe(1_000);
    expect((await s3.text(summary.result.key)) === large).toBe(true);
  });

  it("by two runs of one container at once, which share one copy", async () => {
    await s3.put("in/shared", large, NDJSON);
    const shared = await container(PARTS);
    s3.reads.length = 0;
    const hops = ["one", "two"].map((run) => new HandDrivenHop(shared, beginning(sourceOf("in/shared")), run));
    await Promise.all(hops.map((hop) => hop.steps(1)));
    expect(s3.reads.filter((name) => name === "GetObject")).toHaveLength(1);
    const ends = await Promise.all(hops.map((hop) => hop.steps(9)));
    expect(ends.map((end) => end?.records)).toEqual([1_000, 1_000]);
    expect((await s3.text("out/shared.ndjson")) === large).toBe(true);
  });
});

describe("[S0.3] an object that is replaced while it is read", () => {
  const replaced = ndjson(5);

  async function replaceMidway(key: string, onChanged: string) {
    await s3.put(key, large, NDJSON);
    const ranged = await container({ ...PARTS, TMP_MAX_BYTES: String(MIB), ON_CHANGED: onChanged });
    const hop = new HandDrivenHop(ranged, beginning(sourceOf(key)), key);
    await hop.steps(1);
    await s3.put(key, replaced, NDJSON);
    return hop;
  }

  it("ends the hop", async () => {
    const hop = await replaceMidway("in/ends", "fail");
    await expect(hop.steps(9)).rejects.toMatchObject({
      code: "OBJECT_CHANGED",
      object: "s3://source/in/ends",
      message: expect.stringContaining("was replaced during the run"),
    });
  });

  it("or is begun anew in the same hop, and what was uploaded is given up", async () => {
    const hop = await replaceMidway("in/anew", "restart");
    await hop.steps(1);
    expect(await hop.durableState("checkpoint")).toEqual({
      ...beginning(sourceOf("in/anew")),
      restarts: 1,
      discard: [{ restarts: 0, uploads: { result: expect.any(String) } }],
    });
    expect(await hop.steps(9)).toMatchObject({ records: 5, written: 5 });
    expect(await s3.text("out/anew.ndjson")).toBe(replaced);
    expect(await uploadsBelow("out/anew")).toBe(0);
  });

  it("and a state that was forged so that the run gives up what it writes harms nothing", async () => {
    await s3.put("in/forged", large, NDJSON);
    const ranged = await container({ ...PARTS, BATCH_SIZE: "300" });
    const first = new HandDrivenHop(ranged, beginning(sourceOf("in/forged")), "forged", true);
    await first.steps(3);
    const state = await first.handOff();
    const { uploadId = "" } = state.result as { uploadId?: string };
    const forged = { ...state, discard: [{ restarts: 0, uploads: { result: uploadId } }] };
    const second = new HandDrivenHop(ranged, forged, "forged", true);
    expect(await second.steps(9)).toMatchObject({ written: 1_000 });
    expect((await s3.text("out/forged.ndjson")) === large).toBe(true);
  });
});

describe("a run that keeps a history", () => {
  /** Hops of a run over one object, each in a container of its own. */
  async function hopsOf(name: string) {
    await s3.put(`in/${name}`, large, NDJSON);
    const settings = { ...PARTS, BATCH_SIZE: "230" };
    return async (state: BatchState | undefined, rewinds: number) =>
      new HandDrivenHop(await container(settings), state ?? beginning(sourceOf(`in/${name}`)), name, true, { rewinds });
  }

  it("finds all that an older state refers to, and writes the same object from there", async () => {
    const hop = await hopsOf("rewound");
    const first = await hop(undefined, 0);
    await first.steps(2);
    const older = await first.handOff();
    const second = await hop(older, 0);
    await second.steps(2);
    const third = await hop(await second.handOff(), 0);
    await third.steps(1);
    await third.handOff();
    const again = await hop(older, 1);
    expect(await again.steps(99)).toMatchObject({ written: 1_000 });
    expect((await s3.text("out/rewound.ndjson")) === large).toBe(true);
    // A lifecycle rule deletes them: the run may be rewound once more.
    expect((await outputKeys("out/.longhaul/rewound")).length).toBeGreaterThan(1);
  });

  it("does not continue a result that it had completed", async () => {
    const hop = await hopsOf("complete");
    const first = await hop(undefined, 0);
    await first.steps(3);
    const older = await first.handOff();
    expect(older.result).toMatchObject({ uploadId: expect.any(String) });
    expect(await (await hop(older, 0)).steps(99)).toMatchObject({ written: 1_000 });
    await expect((await hop(older, 1)).steps(1)).rejects.toMatchObject({ code: "OUTPUT_NOT_REWINDABLE" });
    expect(await (await hop(undefined, 2)).steps(99)).toMatchObject({ written: 1_000 });
  });
});

/** Multipart uploads that were begun and neither completed nor aborted. */
async function uploadsBelow(prefix: string): Promise<number> {
  const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: "output", Prefix: prefix }));
  return Uploads.length;
}

/** Keys in the output bucket that begin so. */
async function outputKeys(prefix: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: "output", Prefix: prefix }));
  return Contents.map(({ Key }) => Key);
}

/** A client as a process has it: once that is killed, nothing it asked for is answered, and it asks for no more. */
function mortal(client: S3Client): { client: S3Client; kill(): void } {
  let isDead = false;
  const send: S3Client["send"] = async (...args: unknown[]) => {
    if (isDead) return new Promise(() => {});
    const answer = await (client.send as (...all: unknown[]) => Promise<{ readonly Body?: unknown }>).apply(
      client,
      args,
    );
    if (!isDead) return answer;
    // Its sockets are gone with it: that nobody reads this body is no error of the test's process.
    if (answer.Body instanceof Readable) answer.Body.on("error", () => {});
    return new Promise(() => {});
  };
  return {
    client: Object.assign(Object.create(client) as S3Client, { send }),
    kill: () => {
      isDead = true;
    },
  };
}

describe("[C2] a run that begins anew, and is killed at any request", () => {
  const replaced = ndjson(30);
  const settings = settingsOf({
    ...PARTS,
    BATCH_SIZE: "250",
    TMP_MAX_BYTES: String(MIB),
    ON_CHANGED: "restart",
  });

  /** Follows a run whose object is replaced after its second batch, and kills its process at a request after that. */
  async function killedAt(request: number, savesBeforeDeath: boolean): Promise<boolean> {
    const key = `in/anew-${savesBeforeDeath}-${request}`;
    await s3.put(key, large, NDJSON);
    let saved = beginning(sourceOf(key));
    let isReplaced = false;
    let requests = 0;
    let hasDied = false;
    const deletedTooEarly: string[] = [];
    for (let attempts = 1; attempts < 5; attempts++) {
      const { client, kill } = mortal(s3.client);
      const { promise: death, resolve: die } = Promise.withResolvers<"dead">();
      let isComplete = false;
      s3.hooks.onRequest = (operation, requestKey) => {
        if (!isReplaced || (operation === "PutObject" && requestKey === key)) return;
        if (operation === "PutObject" && requestKey === `out/${key.slice(3)}.ndjson`) isComplete = true;
        if (/^(AbortMultipart|DeleteObjects)/.test(operation) && !isComplete && !saved.discard) {
          deletedTooEarly.push(operation);
        }
        if (hasDied || ++requests < request) return;
        hasDied = true;
        kill();
        die("dead");
      };
      const hop = new HandDrivenHop(containerAt(client, settings, await mkdtemp(join(s3.tmp, "c-"))), saved, key, true);
      const working = (async () => {
        for (let step = 1; ; step++) {
          if (await hop.steps(1)) return "done";
          if (step === 2 && !isReplaced) {
            await hop.checkpoint((state) => {
              saved = state;
            });
            await s3.put(key, replaced, NDJSON);
            isReplaced = true;
          } else if (savesBeforeDeath) {
            await hop.checkpoint((state) => {
              saved = state;
            });
          }
        }
      })();
      const end = await Promise.race([death, working]);
      delete s3.hooks.onRequest;
      if (end === "dead") continue;
      expect(deletedTooEarly, "deleted although the saved state refers to it").toEqual([]);
      expect(await s3.text(`out/${key.slice(3)}.ndjson`), key).toBe(replaced);
      // What was saved in no state is left to the lifecycle rules: only a run that died can leave it.
      if (savesBeforeDeath && !hasDied) expect(await uploadsBelow(`out/${key.slice(3)}`), key).toBe(0);
      return hasDied;
    }
    throw new Error(`${key} never ended.`);
  }

  // A run for each of its requests: it takes its time on a busy machine.
  it.each([true, false])(
    "makes the new result; with its state saved before that: %s",
    { timeout: 240_000 },
    async (savesBeforeDeath) => {
      let request = 0;
      while (await killedAt(++request, savesBeforeDeath)) {}
      expect(request).toBeGreaterThan(5);
      expect((await outputKeys("out/.longhaul/in-anew")).length).toBe(0);
    },
  );
});

describe("[S2.3] a crash costs what was done since the last saved state, and nothing else", () => {
  it("at any request to S3", async () => {
    const content = ndjson(200);
    await s3.put("in/crash", content, NDJSON);
    let crashAt = 0;
    for (let hasCrashed = true; hasCrashed; ) {
      const run = `crash ${++crashAt}`;
      let hop: HandDrivenHop | undefined;
      let dead: HandDrivenHop | undefined;
      let requests = 0;
      s3.hooks.onRequest = () => {
        // The request takes effect; who made it never learns of that, and does nothing more.
        if (++requests !== crashAt || !hop) return;
        hop.isLive = false;
        dead = hop;
      };
      let state = beginning(sourceOf("in/crash"));
      for (let isDone = false; !isDone; ) {
        hop = new HandDrivenHop(await container({ BATCH_SIZE: "25" }), state, run);
        const work = hop.steps(2).then(async (summary) => summary ?? (await hop?.handOff()));
        const end = await work.catch((error: unknown) => {
          if (dead !== hop) throw error;
        });
        if (dead === hop || !end) continue;
        if ("read" in end) state = end;
        else isDone = true;
      }
      hasCrashed = dead !== undefined;
      delete s3.hooks.onRequest;
      expect(await s3.text("out/crash.ndjson"), run).toBe(content);
    }
    expect(crashAt).toBeGreaterThan(15);
  });

  it("and a hop that lives on although its run was taken over writes nothing more", async () => {
    await s3.put("in/zombie", ndjson(10), NDJSON);
    const zombie = new HandDrivenHop(await container({ BATCH_SIZE: "5" }), beginning(sourceOf("in/zombie")), "zombie");
    await zombie.steps(1);
    zombie.isLive = false;
    await expect(zombie.steps(9)).rejects.toThrow("fenced");
    await expect(s3.text("out/zombie.ndjson")).rejects.toThrow(NoSuchKey);
  });
});

const filesIn = (directory: string): Promise<string[]> => readdir(directory);
