import { describe, expect, it } from "vitest";
import { escapeHtml, formatBytes, formatDuration, formatUsd } from "./format.ts";

describe("figures are written for people", () => {
  it.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [12_340, "12.3 s"],
    [250_000, "4 min 10 s"],
    [7_500_000, "2 h 5 min"],
  ])("%d ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([
    [0, "0 bytes"],
    [17_142_887, "17.1 MB"],
    [999_999, "1.0 MB"],
  ])("%d bytes are %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it("small costs are not zero, and nothing is", () => {
    expect(formatUsd(0.00022)).toBe("$0.00022");
    expect(formatUsd(0)).toBe("$0");
  });
});

describe("nothing from outside becomes markup", () => {
  it("escapes tags, entities and quotes", () => {
    expect(escapeHtml(`<img src="x" onerror='y'>&`)).toBe("&#60;img src=&#34;x&#34; onerror=&#39;y&#39;&#62;&#38;");
  });
});
