import { StateError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { parseOutputState } from "./output-state.ts";

const sha256 = "0".repeat(64);
const state = {
  v: 1,
  bytes: 20,
  partBytes: 16,
  crc32: 7,
  uploadId: "u",
  tail: { bytes: 4, sha256, inline: "AAAAAA==" },
};

describe("a state that came with an event", () => {
  it("is read back from JSON", () => {
    expect(parseOutputState(JSON.parse(JSON.stringify(state)))).toEqual(state);
    const least = { v: 1, bytes: 0, partBytes: 16, crc32: 0 };
    expect(parseOutputState(least)).toEqual(least);
    expect(parseOutputState({ ...least, isComplete: true })).toEqual({ ...least, isComplete: true });
  });

  it.each([
    ["nothing", undefined, "output"],
    ["a list", [], "output"],
    ["a newer version", { ...state, v: 2 }, "output.v"],
    ["a mark that was not persisted", { bytes: 20 }, "output.v"],
    ["a negative count", { ...state, bytes: -1 }, "output.bytes"],
    ["a fraction", { ...state, partBytes: 0.5 }, "output.partBytes"],
    ["a text for a number", { ...state, crc32: "7" }, "output.crc32"],
    ["a number for an id", { ...state, uploadId: 7 }, "output.uploadId"],
    ["a tail without hash", { ...state, tail: { bytes: 4 } }, "output.tail.sha256"],
    [
      "a tail whose hash would leave its prefix",
      { ...state, tail: { bytes: 4, sha256: "../x" } },
      "output.tail.sha256",
    ],
  ])("is refused if it is %s, naming the field", (_case, value, path) => {
    expect(() => parseOutputState(value)).toThrow(StateError);
    expect(() => parseOutputState(value)).toThrow(expect.objectContaining({ path }));
  });
});
