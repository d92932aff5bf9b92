import { describe, expect, it } from "vitest";
import { fittingEntry, MAX_ENTRY_BYTES } from "./fitting-entry.ts";

const ref = { uri: "memory://a", bytes: 1, sha256: "0" };
const spill = { put: async () => ref, get: async () => "" };
const done = (summary: string) => ({ kind: "done", ending: { summary, learned: [] } }) as const;
const place = { walk: "w", part: "0", index: 1 };
/** Bytes around the summary. */
const FRAME_BYTES = Buffer.byteLength(JSON.stringify({ kind: "done", summary: "", learned: [] }));

describe("the last entry of a part's log holds its summary", () => {
  it.each(["a", "é", "写", "😀"])(
    "up to the bytes that an item has room for, of whatever characters: %s",
    async (one) => {
      const most = Math.floor((MAX_ENTRY_BYTES - FRAME_BYTES) / Buffer.byteLength(one));
      const fits = one.repeat(most);
      expect(await fittingEntry(done(fits), { ...place, spill })).toEqual({ kind: "done", summary: fits, learned: [] });
      const entry = await fittingEntry(done(fits + one), { ...place, spill });
      expect(entry).toEqual({ kind: "done", summaryRef: ref, learned: [] });
    },
  );

  it("or is refused where there is nowhere else to put it", async () => {
    const large = "é".repeat(MAX_ENTRY_BYTES / 2);
    await expect(fittingEntry(done(large), { ...place, spill: undefined })).rejects.toMatchObject({
      code: "SUMMARY_TOO_LARGE",
      isPermanent: true,
    });
  });
});
