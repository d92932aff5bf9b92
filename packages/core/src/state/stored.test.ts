import { describe, expect, it } from "vitest";
import type { StateCodecOptions } from "./codec.ts";
import { secretSeal } from "./seal.ts";
import { spillInMemory } from "./spill-in-memory.ts";
import { decodeStored, encodeStored } from "./stored.ts";

interface Position {
  readonly at: number;
}

const where = { run: "run-1", hop: 2, maxBytes: 200, channel: "the run store" };
const codec = (options: StateCodecOptions<Position>) => options as StateCodecOptions<never>;

describe("a state in a record", () => {
  const seal = secretSeal(["a secret of enough length"]);
  const { spill } = spillInMemory();
  const large = { at: 1, text: "x".repeat(500) };

  it.each<[string, StateCodecOptions<Position>, unknown]>([
    ["plain", {}, { at: 1 }],
    ["null", {}, null],
    ["with a version", { stateVersion: 3 }, { at: 1 }],
    ["sealed", { seal }, { at: 1 }],
    ["spilled", { spill }, large],
    ["spilled, sealed, with a version", { spill, seal, stateVersion: 3 }, large],
  ])("comes back as it was: %s", async (_, options, state) => {
    const text = await encodeStored(codec(options), state, where);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(where.maxBytes);
    expect(await decodeStored(codec(options), text, "run-1")).toEqual({ state, version: options.stateVersion ?? 0 });
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
    await expect(decodeStored({ seal }, text, "run-2")).rejects.toMatchObject({ code: "EVENT" });
  });

  it.each<[string, StateCodecOptions<Position>, StateCodecOptions<Position>, string]>([
    ["sealed, and nothing to open it", { seal }, {}, "The state is sealed; configure the same seal"],
    ["in the open, and only sealed ones are taken", {}, { seal }, "The state is not sealed"],
  ])("is refused where it is %s", async (_, written, read, message) => {
    const text = await encodeStored(codec(written), { at: 1 }, where);
    await expect(decodeStored(codec(read), text, "run-1")).rejects.toThrow(message);
  });

  it("is refused where it was spilled, and there is no spill", async () => {
    const text = await encodeStored({ spill }, large, where);
    await expect(decodeStored({}, text, "run-1")).rejects.toMatchObject({ code: "CONFIG" });
  });

  it("is refused where its text was damaged", async () => {
    await expect(decodeStored({}, "{", "run-1")).rejects.toMatchObject({ code: "STATE" });
  });
});
