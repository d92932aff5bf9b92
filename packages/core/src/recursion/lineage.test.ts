import { describe, expect, it } from "vitest";
import { lineageDepth } from "./lineage.ts";

describe("the depth in a chain is what Lambda counts in the trace header", () => {
  it.each([
    [undefined, 0],
    ["", 0],
    ["Root=1-5f84c7a1-11223344;Parent=53995c3f;Sampled=1", 0],
    ["Root=1-5f84c7a1-11223344;Sampled=0;Lineage=a87bd80c:0", 0],
    ["Root=1-5f84c7a1-11223344;Lineage=a87bd80c:15;Sampled=1", 15],
    ["Root=1-5f84c7a1-11223344;Lineage=a87bd80c:12|68fd508a:5|c512fbe3:2", 12],
    ["Lineage=25:a87bd80c:0", 0],
    ["Lineage=1:a87bd80c:7", 7],
    ["Root=1-5f84c7a1; Lineage=a87bd80c:3", 3],
    ["NoLineage=a87bd80c:9", 0],
    ["Lineage=;Root=1", 0],
    ["Lineage=a87bd80c:many", 0],
    ["Lineage=a87bd80c:-4", 0],
    ["Lineage=a87bd80c:1e400", 0],
  ])("%j: %d", (header, depth) => {
    expect(lineageDepth(header)).toBe(depth);
  });
});
