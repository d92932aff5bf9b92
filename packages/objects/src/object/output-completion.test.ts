import { StateError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { FaultyS3, s3Error } from "../../test/faulty-s3.ts";
import { failing, kept, openSmall as open, PLACE, textOf } from "../../test/small-outputs.ts";
import { ObjectAccessDeniedError } from "./errors.ts";
import { OutputConflictError, OutputDamagedError, OutputLostError, OutputNotRewindableError } from "./output-errors.ts";
import type { OutputState } from "./output-state.ts";

it("S3 is told the size of the whole, and its CRC-32, and refuses what is not that", async () => {
  const s3 = new FaultyS3();
  const out = await open(s3);
  await out.write("0123456789abc");
  const { crc32 } = await out.complete();
  const { input } = s3.calls.find(({ name }) => name === "CompleteMultipartUpload")!;
  expect(input).toMatchObject({ MpuObjectSize: 13, ChecksumType: "FULL_OBJECT", ChecksumCRC32: crc32 });
});

describe("what is gone or damaged is noticed before anything is completed", () => {
  it("a tail with other bytes", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456");
    const state = await out.suspend();
    s3.put(kept(s3)[0]!, Buffer.from("0123457"));
    await expect(open(s3, state)).rejects.toThrow(OutputDamagedError);
  });

  it("a tail, or an upload, that somebody deleted", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abc");
    const state = await out.suspend();
    const next = await open(s3, state);
    s3.uploads.clear();
    await next.write("x".repeat(20));
    await expect(next.complete()).rejects.toThrow(OutputLostError);
    s3.objects.clear();
    await expect(open(s3, state)).rejects.toThrow(OutputLostError);
  });

  it("a part that was overwritten with other bytes", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abc");
    const next = await open(s3, await out.suspend());
    [...s3.uploads.values()][0]!.parts.set(1, Buffer.from("zzzzzzzzzz"));
    await expect(next.complete()).rejects.toThrow(OutputDamagedError);
    expect(s3.objects.has(PLACE.key)).toBe(false);
    expect(s3.count("CompleteMultipartUpload")).toBe(0);
  });

  it("also in the moment between listing and completing", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abc");
    s3.faults.before = ({ name }) => {
      if (name === "CompleteMultipartUpload") [...s3.uploads.values()][0]!.parts.set(1, Buffer.from("zzzzzzzzzz"));
    };
    await expect(out.complete()).rejects.toThrow(OutputDamagedError);
    expect(s3.objects.has(PLACE.key)).toBe(false);
  });

  it("a state whose tail does not fit its offset", async () => {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456");
    const state = await out.suspend();
    await expect(open(s3, { ...state, bytes: 8 })).rejects.toThrow(StateError);
  });
});

describe("completing twice makes one object", () => {
  async function completed(): Promise<{ s3: FaultyS3; state: OutputState }> {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write("0123456789abc");
    const state = await out.persist();
    await out.write("def");
    await out.complete();
    return { s3, state };
  }

  it("when the answer to the first was lost", async () => {
    const s3 = new FaultyS3();
    s3.faults = failing("CompleteMultipartUpload", s3Error("InternalError", 500), "after");
    const out = await open(s3);
    await out.write("0123456789abc");
    expect(await out.complete()).toMatchObject({ bytes: 13, wasComplete: true });
    expect(textOf(s3)).toBe("0123456789abc");
  });

  it("when a later attempt does the end again, though tail and upload are gone", async () => {
    const { s3, state } = await completed();
    expect(kept(s3)).toEqual([]);
    const again = await open(s3, state);
    await again.write("def");
    expect(await again.complete()).toMatchObject({ bytes: 16, wasComplete: true });
  });

  it("but another size is a conflict, and another run's object is none of ours", async () => {
    const { s3, state } = await completed();
    const longer = await open(s3, state);
    await longer.write("defg");
    await expect(longer.complete()).rejects.toThrow(OutputConflictError);
    await expect(open(s3, state, { run: "run-2" })).rejects.toThrow(OutputLostError);
  });

  it("also without the permission to list, where S3 says 403 for what is not there", async () => {
    const { s3, state } = await completed();
    s3.faults = failing("GetObject", s3Error("AccessDenied", 403));
    const again = await open(s3, state);
    await again.write("def");
    expect((await again.complete()).wasComplete).toBe(true);
    s3.objects.clear();
    await expect(open(s3, state)).rejects.toThrow(ObjectAccessDeniedError);
  });

  it("and what could not be cleaned up does not fail it", async () => {
    const s3 = new FaultyS3();
    s3.faults = failing("ListObjectsV2", s3Error("AccessDenied", 403));
    const out = await open(s3);
    await out.write("0123456789abc");
    await out.persist();
    const made = await out.complete();
    expect(made.cleanupError).toBeInstanceOf(Error);
    expect(textOf(s3)).toBe("0123456789abc");
  });
});

describe("a run that was rewound", () => {
  /** An output with the state of its first hop, and the one of its second. */
  async function begun(first = "0123456789abc") {
    const s3 = new FaultyS3();
    const out = await open(s3);
    await out.write(first);
    const state = await out.suspend();
    const second = await open(s3, state);
    await second.write("DEFDEFDEF");
    return { s3, state, second };
  }

  it("writes other bytes from there, if its output was not complete", async () => {
    const { s3, state, second } = await begun();
    await second.suspend();
    const again = await open(s3, state, { rewinds: 1 });
    await again.write("xyz");
    await again.complete();
    expect(textOf(s3)).toBe("0123456789abcxyz");
  });

  it("does not continue an output that it had completed, which stays as it is", async () => {
    const { s3, state, second } = await begun();
    await second.complete({ keepsTails: true });
    await expect(open(s3, state, { rewinds: 1 })).rejects.toThrow(OutputNotRewindableError);
    await expect(open(s3, { ...state, isComplete: true }, { rewinds: 1 })).rejects.toMatchObject({ isPermanent: true });
    expect(textOf(s3)).toBe("0123456789abcDEFDEFDEF");
  });

  it("does not count what it cannot write, where a tail is gone", async () => {
    const { s3, state, second } = await begun("0123456");
    await second.complete();
    expect(kept(s3)).toEqual([]);
    await expect(open(s3, state, { rewinds: 1 })).rejects.toThrow(OutputNotRewindableError);
  });

  it("writes an output anew that was complete, from where it has no part yet", async () => {
    const { s3, state, second } = await begun("0123456");
    await second.complete({ keepsTails: true });
    const again = await open(s3, state, { rewinds: 1 });
    await again.write("xyz");
    await again.complete();
    expect(textOf(s3)).toBe("0123456xyz");
  });

  it("finds its own end, if it dies after that and its state says that it had been checked", async () => {
    const { s3, state } = await begun();
    const again = await open(s3, state, { rewinds: 1 });
    await again.write("xyz");
    const checked = await again.suspend();
    expect(checked).toMatchObject({ rewinds: 1 });
    await (await open(s3, checked, { rewinds: 1 })).complete();
    expect((await (await open(s3, checked, { rewinds: 1 })).complete()).wasComplete).toBe(true);
    await expect(open(s3, checked, { rewinds: 2 })).rejects.toThrow(OutputNotRewindableError);
  });

  it("is told where its upload is lost", async () => {
    const { s3, state } = await begun();
    s3.uploads.clear();
    await expect(open(s3, state, { rewinds: 1 })).rejects.toThrow(OutputLostError);
  });
});
