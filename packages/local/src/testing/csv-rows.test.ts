import { describe, expect, it } from "vitest";
import { csvRows } from "./csv-rows.ts";

describe("rows of CSV", () => {
  it.each([
    [
      "rows and fields",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\r\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["quotes, doubled ones, and line ends and delimiters within", '"a ""b""","c,\r\nd"\n', [['a "b"', "c,\r\nd"]]],
    [
      "empty fields, the last one too",
      ",\n1,",
      [
        ["", ""],
        ["1", ""],
      ],
    ],
    ["a line of nothing, which is no row", "a\n\nb\n", [["a"], ["b"]]],
    ["a lone CR, which is text", "a\rb,c\n", [["a\rb", "c"]]],
    ["nothing", "", []],
  ])("%s", (_, text, rows) => {
    expect(csvRows(text, ",")).toEqual(rows);
  });

  it("with tabs", () => {
    expect(csvRows("a,b\tc\n", "\t")).toEqual([["a,b", "c"]]);
  });
});
