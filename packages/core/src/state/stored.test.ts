import { describe, expect, it } from "vitest";
import { spillInMemory } from "../../test/spill-in-memory.ts";
import type { StateStorage } from "./codec.ts";
import { secretSeal } from "./seal.ts";
import { decodeStored, encodeStored } from "./stored.ts";

const where = { run: "run-1", hop: 2, maxBytes: 200, channel: "the run store" };

describe("a state in a record", () => {
  const seal = secretSeal(["a secret of enough length"]);
  const { spill } = spillInMemory();
  const large = { at: 1, text: "x".repeat(500) };

  it.each<[string, StateStorage, unknown]>([
    ["plain", {}, { at: 1 }],
    ["null", {}, null],
    ["with a version", { stateVersion: 3 }, { at: 1 }],
    ["sealed", { seal }, { at: 1 }],
    ["spilled", { spill }, large],
    ["spilled, sealed, with a version", { spill, seal, stateVersion: 3 }, large],
  ])("comes back as it was: %s", async (_, options, state) => {
    const text = await encodeStored(options, state, where);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(where.maxBytes);
    expect(await decodeStored(options, text, "run-1")).toEqual({ state, version: options.stateVersion ?? 0 });
  });

  it("is refused with both sizes where it does not fit and cannot be spilled", async () => {
    const bytes = Buffer.byteLength(JSON.stringify({ value: large }));
    await expect(encodeStored({}, large, where)).rejects.toMatchObject({
      code: "STATE_TOO_LARGE",
      bytes,
      maxBytes: 200,
    });
    expect(await encodeStored({}, large, { ...where, maxBytes: bytes })).toHaveLength(bytes);
  });

  it("belongs to its run: another run's sealed state is refused", async () => {
    const text = await encodeStored({ seal }, { at: 1 }, where);
    await expect(decodeStored({ seal }, text, "run-2")).rejects.toMatchObject({ code: "CONFIG" });
  });

  it.each<[string, StateStorage, StateStorage, string]>([
    ["sealed, and nothing to open it", { seal }, {}, "The state is sealed; configure the same seal"],
    ["in the open, and only sealed ones are taken", {}, { seal }, "it takes only sealed ones"],
  ])("is refused where it is %s", async (_, written, read, message) => {
    const text = await encodeStored(written, { at: 1 }, where);
    await expect(decodeStored(read, text, "run-1")).rejects.toThrow(message);
  });

  it("is refused where it was spilled, and there is no spill", async () => {
    const text = await encodeStored({ spill }, large, where);
    await expect(decodeStored({}, text, "run-1")).rejects.toMatchObject({ code: "CONFIG" });
  });

  it("is of the version it was written with, and of version 0 if it has none", async () => {
    const version = async (text: Promise<string>) =>
      (await decodeStored({ stateVersion: 3 }, await text, "run-1")).version;
    expect(await version(encodeStored({ stateVersion: 3 }, 1, where))).toBe(3);
    expect(await version(encodeStored({ stateVersion: 3 }, 1, { ...where, version: 2 }))).toBe(2);
    expect(await version(encodeStored({ stateVersion: 3 }, 1, { ...where, version: 0 }))).toBe(0);
    expect(await version(encodeStored({}, 1, where))).toBe(0);
  });

  it("is refused where its text was damaged", async () => {
    await expect(decodeStored({}, "{", "run-1")).rejects.toMatchObject({ code: "STATE" });
  });
});
