import { describe, expect, it } from "vitest";
import { formatTraceHeader, parseTraceHeader } from "./trace-header.ts";

describe("parseTraceHeader", () => {
  it("reads all parts, in any order and case", () => {
    expect(parseTraceHeader("sampled=1; Lineage=a87bd80c:1|68fd508a:5;PARENT=5991;Root=1-5759e988-bd86")).toEqual({
      root: "1-5759e988-bd86",
      parent: "5991",
      sampled: "1",
      lineage: new Map([
        ["a87bd80c", 1],
        ["68fd508a", 5],
      ]),
    });
  });

  it.each([
    ["one function", "Lineage=a87bd80c:0", [["a87bd80c", 0]]],
    ["a leading version", "Lineage=1:a87bd80c:7", [["a87bd80c", 7]]],
    ["upper-case digits", "Lineage=A87BD80C:7", [["a87bd80c", 7]]],
    ["the higher of two counts", "Lineage=a87bd80c:7|a87bd80c:3", [["a87bd80c", 7]]],
    ["no count", "Lineage=a87bd80c", []],
    ["a count that is none", "Lineage=a87bd80c:x|b:-1|c:1e3|d:99999999999", []],
    ["nothing", "Lineage=", []],
    ["no lineage", "Root=1-2-3", []],
    ["no header", undefined, []],
  ])("reads a lineage with %s", (_, header, lineage) => {
    expect([...parseTraceHeader(header).lineage]).toEqual(lineage);
  });
});

describe("formatTraceHeader", () => {
  it("leaves out what is absent", () => {
    const none = { root: undefined, parent: undefined, sampled: undefined, lineage: new Map<string, number>() };
    expect(formatTraceHeader(none)).toBe("");
    expect(formatTraceHeader({ ...none, root: "1-2-3", lineage: new Map([["ab", 4]]) })).toBe(
      "Root=1-2-3;Lineage=ab:4",
    );
  });
});
