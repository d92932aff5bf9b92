import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { RecordBatch } from "../records/batch.ts";
import type { ReadOptions } from "../records/options.ts";
import { readBatches } from "../records/read-batches.ts";
import { rejectLines } from "./rejects.ts";
import type { RecordInfo } from "./transform.ts";
import { type Piece, type TransformOptions, transformBatch } from "./transform-batch.ts";

const numbers = "0\n1\n2\n3\n4\n5\n";

async function batchOf(text: string | Uint8Array, options: Partial<ReadOptions> = {}): Promise<RecordBatch> {
  for await (const batch of readBatches([Buffer.from(text)], { format: "ndjson", maxRecords: 100, ...options }))
    return batch;
  throw new Error("no batch");
}

type TextPiece = Omit<Piece, "lines"> & { readonly lines: string };

/** Pieces of a batch until the end or a failure, their lines as text. */
async function piecesOf(
  batch: RecordBatch,
  transform: (record: unknown, info: RecordInfo) => unknown,
  controller = new AbortController(),
  options: TransformOptions = {},
) {
  const pieces: TextPiece[] = [];
  const info = { object: "s3://b/k", etag: '"e"', signal: controller.signal };
  try {
    for await (const piece of transformBatch(batch, transform, info, options)) {
      pieces.push({ ...piece, lines: Buffer.from(piece.lines).toString() });
    }
  } catch (error) {
    return { pieces, error };
  }
  return { pieces, error: undefined };
}

const ends = (pieces: readonly TextPiece[]) => pieces.map(({ end }) => end.record);

describe("a batch is transformed", () => {
  it.each<[string, (record: unknown) => unknown]>([
    ["at once", (record) => Number(record) * 2],
    ["or later", async (record) => Number(record) * 2],
    [
      "or later, by a promise of a library",
      (record) => ({ ["then" as string]: (take: (n: number) => void) => take(Number(record) * 2) }),
    ],
  ])("%s, in one piece, to a line of JSON for each record", async (_when, transform) => {
    const batch = await batchOf(numbers);
    const { pieces } = await piecesOf(batch, transform);
    expect(pieces).toEqual([{ lines: "0\n2\n4\n6\n8\n10\n", written: 6, rejected: [], end: batch.end }]);
  });

  it("to the digits that came, where a double cannot hold them", async () => {
    const batch = await batchOf('{"id":144126219108390099,"x":1e400}\n', { numbers: "text" });
    const { pieces } = await piecesOf(batch, (record) => ({ ...(record as object), name: "ada" }));
    expect(pieces[0]?.lines).toBe('{"id":144126219108390099,"x":1e400,"name":"ada"}\n');
  });

  it("and what would become null on the way is refused", async () => {
    const { error } = await piecesOf(await batchOf(numbers), () => ({ mean: [0 / 0] }));
    expect(error).toMatchObject({ code: "TRANSFORM", message: expect.stringContaining("mean[0] is NaN") });
  });

  it("without the records that are left out", async () => {
    const { pieces } = await piecesOf(await batchOf(numbers), (record) => (Number(record) % 2 ? record : undefined));
    expect(pieces[0]).toMatchObject({ lines: "1\n3\n5\n", written: 3 });
  });

  it("with each record's own number, also after records that were set aside", async () => {
    const seen: number[] = [];
    const batch = await batchOf('0\n{\n2\n"\n4\n', { onBrokenRecord: "skip" });
    const { pieces } = await piecesOf(batch, (record, info) => {
      seen.push(info.record);
      return [info.object, info.etag, record];
    });
    expect(seen).toEqual([0, 2, 4]);
    expect(pieces[0]?.rejected.map(({ record }) => record)).toEqual([1, 3]);
    expect(pieces[0]?.lines.split("\n")[1]).toBe('["s3://b/k","\\"e\\"",2]');
  });

  it("also if all of its records were set aside", async () => {
    const { pieces } = await piecesOf(await batchOf("{\n[\n", { onBrokenRecord: "skip" }), () => 1);
    expect(pieces).toMatchObject([
      { lines: "", written: 0, rejected: [{ record: 0 }, { record: 1 }], end: { record: 2 } },
    ]);
  });
});

describe("what precedes a failure is kept", () => {
  it("when a record cannot be transformed: object and record are named, and the cause is kept", async () => {
    const cause = new RangeError("no such city");
    const { pieces, error } = await piecesOf(await batchOf(numbers), (record) => {
      if (record === 3) throw cause;
      return record;
    });
    expect(pieces.map(({ lines, end }) => [lines, end.record])).toEqual([["0\n1\n2\n", 3]]);
    expect(error).toMatchObject({
      code: "TRANSFORM",
      message: expect.stringMatching(/^s3:\/\/b\/k: transform\(\) failed for record 3: no such city\./),
      cause,
    });
  });

  it("when it answers with something that is not JSON", async () => {
    for (const [answer, message] of [
      [() => {}, "a function, is not JSON"],
      [10n, "BigInt"],
    ] as const) {
      const { pieces, error } = await piecesOf(await batchOf(numbers), async (record) =>
        record === 1 ? answer : record,
      );
      expect(ends(pieces)).toEqual([1]);
      expect(error).toMatchObject({ code: "TRANSFORM", message: expect.stringContaining(message) });
    }
  });

  it("when a record cannot be read", async () => {
    const { pieces, error } = await piecesOf(await batchOf("0\n1\n{\n3\n"), (record) => record);
    expect(ends(pieces)).toEqual([2]);
    expect(error).toMatchObject({ code: "BROKEN_RECORD", name: "BrokenRecordError", object: "s3://b/k" });
  });
});

describe("[S2.1] the end of the hop's time cuts a batch short", () => {
  it("after the record in progress; each further piece takes one, so that nothing is left out", async () => {
    const controller = new AbortController();
    const transform = async (record: unknown) => {
      if (record === 2) controller.abort();
      return record;
    };
    const { pieces } = await piecesOf(await batchOf(numbers), transform, controller);
    expect(ends(pieces)).toEqual([3, 4, 5, 6]);
    expect(pieces.map(({ lines }) => lines).join("")).toBe(numbers);
  });

  it("and what a transform that is interrupted by it throws is no failure of the record", async () => {
    const controller = new AbortController();
    const reason = new Error("the hop's time is over");
    const { pieces, error } = await piecesOf(
      await batchOf(numbers),
      async (record) => {
        if (record === 2) controller.abort(reason);
        controller.signal.throwIfAborted();
        return record;
      },
      controller,
    );
    expect(ends(pieces)).toEqual([2]);
    expect(error).toBe(reason);
  });

  it("and what was set aside is counted with the piece it lies in", async () => {
    const controller = new AbortController();
    const batch = await batchOf("{\n1\n{\n3\n{\n", { onBrokenRecord: "skip" });
    const { pieces } = await piecesOf(batch, () => controller.abort(), controller);
    const aside = pieces.flatMap(({ rejected }) => rejected.map(({ record }) => record));
    expect(pieces).toHaveLength(2);
    expect(aside).toEqual([0, 2, 4]);
    expect(pieces.at(-1)?.end).toEqual(batch.end);
  });
});

describe("a record that hangs holds up nothing but itself", () => {
  const never = new Promise<never>(() => {});
  const transform = (signals: AbortSignal[]) => (record: unknown, info: RecordInfo) => {
    if (record !== 2) return record;
    signals.push(info.signal);
    return never;
  };
  const until = { timeoutMs: 20 };

  it("it fails after its time, and its signal is aborted; what precedes it is kept", async () => {
    const signals: AbortSignal[] = [];
    const { pieces, error } = await piecesOf(await batchOf(numbers), transform(signals), undefined, until);
    expect(ends(pieces)).toEqual([2]);
    expect(error).toMatchObject({
      code: "TRANSFORM_TIMEOUT",
      message: expect.stringMatching(/failed for record 2: transform\(\) was not answered within 20 ms\./),
    });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
  });

  it("or it is set aside, and the rest goes on", async () => {
    const signals: AbortSignal[] = [];
    const batch = await batchOf("0\n{\n2\n3\n", { onBrokenRecord: "skip" });
    const { pieces, error } = await piecesOf(batch, transform(signals), undefined, { ...until, skipsHanging: true });
    expect(error).toBeUndefined();
    expect(pieces).toMatchObject([
      {
        lines: "0\n3\n",
        rejected: [
          { record: 1, reason: "json" },
          { record: 2, reason: "transform-timeout" },
        ],
      },
    ]);
    expect(rejectLines(pieces[0]?.rejected ?? []).split("\n")[1]).toBe(
      '{"record":2,"byte":4,"endByte":5,"reason":"transform-timeout","text":"2"}',
    );
    expect(signals).toHaveLength(1);
  });

  it("those that take their time, but less than that, are waited for", async () => {
    const slow = async (record: unknown) => {
      await new Promise((resolve) => setImmediate(resolve));
      return record;
    };
    const { pieces } = await piecesOf(await batchOf(numbers), slow, undefined, { timeoutMs: 60_000 });
    expect(pieces.map(({ lines }) => lines)).toEqual([numbers]);
  });

  it("the end of the hop is no fault of it", async () => {
    const controller = new AbortController();
    const reason = new Error("the hop's time is over");
    const hangs = (_: unknown, { signal }: RecordInfo) =>
      new Promise((__, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        controller.abort(reason);
      });
    expect(await piecesOf(await batchOf("0\n"), hangs, controller, until)).toEqual({ pieces: [], error: reason });
  });

  it("nothing is left behind by a batch", async () => {
    const { signal } = new AbortController();
    const info = { object: "s3://b/k", etag: '"e"', signal };
    for await (const _ of transformBatch(await batchOf(numbers), async (record) => record, info)) break;
    for await (const _ of transformBatch(await batchOf(numbers), (record) => record, info));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("a record that was set aside", () => {
  it("is kept as text, or as base64 if it is not UTF-8, with its place", async () => {
    const batch = await batchOf(Buffer.concat([Buffer.from("{é\n"), Buffer.from([0xff, 0x0a])]), {
      onBrokenRecord: "skip",
    });
    const lines = rejectLines(batch.rejected)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { record: 0, byte: 0, endByte: 3, reason: "json", text: "{é" },
      { record: 1, byte: 4, endByte: 5, reason: "utf8", base64: "/w==" },
    ]);
  });
});
