import { describe, expect, it } from "vitest";
import { since } from "./runs-verb.ts";

const nowMs = Date.UTC(2026, 10, 30, 12);

describe("a time of the past", () => {
  it.each([
    ["90s", "2026-11-30T11:58:30.000Z"],
    ["30m", "2026-11-30T11:30:00.000Z"],
    ["24h", "2026-11-29T12:00:00.000Z"],
    ["7d", "2026-11-23T12:00:00.000Z"],
    ["2026-11-01", "2026-11-01T00:00:00.000Z"],
    ["2026-11-01T10:00:00Z", "2026-11-01T10:00:00.000Z"],
  ])("%s", (text, time) => expect(since(text, undefined, nowMs).toISOString()).toBe(time));

  it.each(["", "soon", "24x"])("but not %j", (text) => {
    expect(() => since(text, undefined, nowMs)).toThrow("It must be as 30m");
  });
});
