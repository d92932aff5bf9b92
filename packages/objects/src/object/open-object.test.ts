import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultyS3, s3Error } from "../../test/faulty-s3.ts";
import { ObjectCache } from "../cache/object-cache.ts";
import { TmpCache } from "../cache/tmp-cache.ts";
import { PositionBeyondEndError } from "../records/errors.ts";
import { ObjectAccessDeniedError, ObjectChangedError, ObjectNotFoundError } from "./errors.ts";
import type { ObjectInfo } from "./object-info.ts";
import { objectLoader } from "./object-loader.ts";
import { type OpenObjectOptions, openObject, type RememberedObject } from "./open-object.ts";
import type { OpenObject } from "./opened-object.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "open-object-test-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const text = "0123456789".repeat(500);
const gunzip = {
  name: "gunzip",
  apply: (source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => {
    const decoder = createGunzip();
    void (async () => {
      for await (const slice of source) decoder.write(slice);
      decoder.end();
    })().catch((error: Error) => decoder.destroy(error));
    return decoder;
  },
};

function bucket(content: Uint8Array | string = text) {
  const s3 = new FaultyS3();
  const { etag } = s3.put("k", Buffer.from(content));
  const open = (options: Partial<OpenObjectOptions> = {}): Promise<OpenObject> =>
    openObject({ client: s3.connect().client, bucket: "b", key: "k", ...options });
  return { s3, etag, open };
}

async function drained(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const slices: Uint8Array[] = [];
  for await (const slice of stream) slices.push(slice);
  return Buffer.concat(slices).toString();
}

const read = (object: OpenObject, from = 0): Promise<string> => drained(object.stream(from));

describe("an object is opened where it is read best", () => {
  it("in memory if it is small: one request to see that the copy is right", async () => {
    const { s3, etag, open } = bucket();
    const memory = new ObjectCache<RememberedObject>();
    const cold = await open({ memory });
    expect([cold.source, cold.etag, cold.size, await read(cold, 4990)]).toEqual(["memory", etag, 5000, "0123456789"]);
    s3.calls.length = 0;
    const warm = await open({ memory, etag });
    expect(await read(warm)).toBe(text);
    expect(s3.calls.map(({ name, input }) => [name, input.IfNoneMatch])).toEqual([["HeadObject", etag]]);
  });

  it("in /tmp if it fits there: downloaded once, by ranges", async () => {
    const { s3, open } = bucket();
    const tmp = new TmpCache({ directory });
    const memory = new ObjectCache<RememberedObject>();
    const options = { memory, memoryMaxBytes: 100, tmp, download: { pieceBytes: 1000 } };
    const cold = await open(options);
    expect([cold.source, await read(cold), await read(cold, 4995)]).toEqual(["tmp", text, "56789"]);
    expect(s3.count("GetObject")).toBe(5);
    const warm = await open(options);
    expect(await read(warm)).toBe(text);
    expect(s3.count("GetObject")).toBe(5);
    await warm.close({ remove: true });
    await cold.close();
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ["larger than tmpMaxBytes", { tmpMaxBytes: 4999 }],
    ["larger than the budget", { budget: 4999 }],
    ["given no cache at all", { none: true }],
  ])(
    "by ranges, from the position on, if it is %s",
    async (_case, { none, budget, ...limits }: { none?: boolean; budget?: number; tmpMaxBytes?: number }) => {
      const { s3, open } = bucket();
      const tmp = new TmpCache({ directory, ...(budget !== undefined && { maxBytes: budget }) });
      const object = await open({ ...(none ? {} : { tmp }), ...limits, ranges: { windowBytes: 1000 } });
      expect([object.source, await read(object, 3500)]).toEqual(["range", text.slice(3500)]);
      expect(s3.calls.filter(({ name }) => name === "GetObject").map(({ input }) => input.Range)).toEqual([
        "bytes=3500-4499",
        "bytes=4500-4999",
      ]);
      await object.close();
    },
  );

  it("that is empty without asking for bytes", async () => {
    const { s3, open } = bucket("");
    for (const options of [{}, { memory: new ObjectCache<RememberedObject>() }, { tmp: new TmpCache({ directory }) }]) {
      const object = await open(options);
      expect([object.size, await read(object)]).toEqual([0, ""]);
      await object.close();
    }
    expect(s3.count("GetObject")).toBe(0);
  });

  it("and a position behind the end is refused, the end itself is not", async () => {
    const { open } = bucket();
    for (const options of [{}, { memory: new ObjectCache<RememberedObject>() }, { tmp: new TmpCache({ directory }) }]) {
      await using object = await open(options);
      expect(await read(object, 5000)).toBe("");
      await expect(read(object, 5001)).rejects.toThrow(PositionBeyondEndError);
    }
  });
});

describe("a replaced object is noticed", () => {
  it("when it is opened, from memory too", async () => {
    const { s3, etag, open } = bucket();
    const memory = new ObjectCache<RememberedObject>();
    await open({ memory, etag });
    const next = s3.put("k", Buffer.from("new"));
    for (const options of [{}, { memory }]) {
      await expect(open({ ...options, etag })).rejects.toThrow(ObjectChangedError);
      await expect(open({ ...options, etag })).rejects.toMatchObject({ expectedEtag: etag, foundEtag: next.etag });
    }
    expect(await read(await open({ memory }))).toBe("new");
  });

  it("in the middle of reading, and of downloading, which leaves no file", async () => {
    const { s3, etag, open } = bucket();
    const object = await open({ ranges: { windowBytes: 1000, aheadBytes: 1 } });
    const slices = object.stream(0);
    await slices.next();
    s3.put("k", Buffer.from(text.replaceAll("0", "x")));
    await expect(drained(slices)).rejects.toThrow(ObjectChangedError);

    s3.put("k", Buffer.from(text));
    s3.calls.length = 0;
    s3.faults.before = ({ name, count }) => {
      if (name === "GetObject" && count === 4) s3.put("k", Buffer.from(`${text}!`));
    };
    const tmp = new TmpCache({ directory });
    await expect(open({ tmp, etag, download: { pieceBytes: 1000 } })).rejects.toThrow(ObjectChangedError);
    expect(await readdir(directory)).toEqual([]);
  });

  it("but one that is replaced before anything of it was read is opened as it is now", async () => {
    for (const options of [{ memory: new ObjectCache<RememberedObject>() }, { tmp: new TmpCache({ directory }) }]) {
      const { s3, open } = bucket();
      s3.faults.before = ({ name, count }) => {
        if (name === "GetObject" && count === 1) s3.put("k", Buffer.from("new"));
      };
      expect(await read(await open(options))).toBe("new");
    }
  });

  it("gives up on one that is replaced each time before it can be read", async () => {
    const { s3, open } = bucket();
    s3.faults.before = ({ name, count }) => {
      if (name === "GetObject") s3.put("k", Buffer.from(`new ${count}`));
    };
    await expect(open({ memory: new ObjectCache() })).rejects.toThrow(ObjectChangedError);
    expect(s3.count("HeadObject")).toBe(3);
  });

  it("while the version in a file or in memory is read to its end", async () => {
    const { s3, open } = bucket();
    await using file = await open({ tmp: new TmpCache({ directory }) });
    const held = await open({ memory: new ObjectCache<RememberedObject>() });
    s3.put("k", Buffer.from("new"));
    expect([await read(file), await read(held)]).toEqual([text, text]);
  });

  it("not by mistake, when another run's look began before the object was put", async () => {
    const { s3, open } = bucket("old");
    const memory = new ObjectCache<RememberedObject>();
    let next = "";
    s3.faults.after = ({ count }) => {
      if (count === 1) next = s3.put("k", Buffer.from("new")).etag;
    };
    const first = open({ memory });
    await Promise.resolve();
    const second = await open({
      memory,
      etag: `"${(await import("node:crypto")).createHash("md5").update("new").digest("hex")}"`,
    });
    await first.catch(() => {});
    expect([second.etag, await read(second)]).toEqual([next, "new"]);
  });
});

describe("what cannot be read is said", () => {
  it("a missing object, by bucket and key", async () => {
    const { open } = bucket();
    await expect(open({ key: "none" })).rejects.toThrow(ObjectNotFoundError);
    await expect(open({ key: "none", memory: new ObjectCache() })).rejects.toThrow('no object "none" in bucket b');
  });

  it("a missing permission", async () => {
    const { s3, open } = bucket();
    s3.faults.before = () => {
      throw s3Error("403", 403);
    };
    await expect(open()).rejects.toThrow(ObjectAccessDeniedError);
    await expect(open()).rejects.toMatchObject({ permission: "s3:GetObject" });
  });
});

describe("a compressed object is read decoded, at positions of the decoded bytes", () => {
  const small = { download: { pieceBytes: 50 }, ranges: { windowBytes: 50 }, decode: gunzip };

  it("from its decoded copy in /tmp, which can be sought in", async () => {
    const { s3, open } = bucket(gzipSync(text));
    const tmp = new TmpCache({ directory });
    const object = await open({ ...small, tmp });
    expect([object.source, object.streamBytes, await read(object, 4990)]).toEqual(["tmp", 5000, "0123456789"]);
    const requests = s3.count("GetObject");
    const again = await open({ ...small, tmp });
    expect(await read(again, 4999)).toBe("9");
    expect(s3.count("GetObject")).toBe(requests);
    await Promise.all([object.close(), again.close()]);
  });

  it.each([
    ["the compressed copy in /tmp if the decoded one does not fit", "tmp"],
    ["ranges", "range"],
    ["memory", "memory"],
  ])("from %s", async (_case, source) => {
    const compressed = gzipSync(text);
    const { open } = bucket(compressed);
    const caches = {
      tmp: { tmp: new TmpCache({ directory, maxBytes: compressed.length }) },
      range: {},
      memory: { memory: new ObjectCache<RememberedObject>() },
    }[source];
    await using object = await open({ ...small, ...caches });
    expect([object.source, object.streamBytes, await read(object, 4990)]).toEqual([source, undefined, "0123456789"]);
    await expect(read(object, 5001)).rejects.toThrow(PositionBeyondEndError);
  });

  it("and whether its decoded copy is too large for /tmp is tried once, if that is passed on", async () => {
    const compressed = gzipSync(text);
    const { s3, open } = bucket(compressed);
    const options = { ...small, tmp: new TmpCache({ directory, maxBytes: compressed.length }) };
    const first = await open(options);
    expect([first.keepsDecoded, first.source]).toEqual([false, "tmp"]);
    await first.close();
    const requests = s3.count("GetObject");
    const next = await open({ ...options, keepsDecoded: first.keepsDecoded });
    expect([next.keepsDecoded, next.source, s3.count("GetObject")]).toEqual([false, "tmp", requests]);
    expect(await read(next, 4990)).toBe("0123456789");
    await next.close();
    const fits = await open({ ...small, tmp: new TmpCache({ directory, maxBytes: 10_000 }) });
    expect(fits.keepsDecoded).toBe(true);
    await fits.close();
  });

  it.each([
    ["compressed", gzipSync(text), undefined],
    ["plain", Buffer.from(text), 5000],
  ])("or as it is, whichever what S3 says of it asks for: %s", async (_case, content, streamBytes) => {
    const { open } = bucket(content);
    const decode = ({ size }: ObjectInfo) => (size === content.length && size < 5000 ? gunzip : undefined);
    await using object = await open({ ...small, decode });
    expect([object.streamBytes, await read(object, 4990)]).toEqual([streamBytes, "0123456789"]);
  });
});

describe("objectLoader", () => {
  it("keeps a parsed object, asks with IfNoneMatch, and parses again only what changed", async () => {
    const { s3, etag } = bucket(`{"tasks":[1,2]}`);
    const cache = new ObjectCache<{ tasks: number[] }>();
    let parses = 0;
    const id = { bucket: "b", key: "k" };
    const load = objectLoader(s3.connect().client, id, (bytes) => {
      parses++;
      return JSON.parse(bytes.toString());
    });
    expect(await cache.get(id, load)).toEqual({ value: { tasks: [1, 2] }, etag, outcome: "loaded" });
    expect((await cache.get(id, load)).outcome).toBe("fresh");
    expect([parses, s3.calls.at(-1)!.input.IfNoneMatch]).toEqual([1, etag]);
    s3.put("k", Buffer.from(`{"tasks":[3]}`));
    expect(await cache.get(id, load)).toMatchObject({ value: { tasks: [3] }, outcome: "changed" });
    s3.objects.clear();
    await expect(cache.get(id, load)).rejects.toThrow(ObjectNotFoundError);
  });
});
