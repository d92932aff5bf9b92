import { describe, expect, it } from "vitest";
import { regionOf } from "./region.ts";

const FILE = `import { a } from "a";
function outer() {
  // #region whole
  const before = 1;
  // #region inner
  if (before) {
    a();
  }
  // #endregion inner
  // #endregion whole
}
`;

describe("a region of a sample", () => {
  it("is what is between its marks, without the shared indentation", () => {
    expect(regionOf("a.ts", FILE, "inner")).toBe("if (before) {\n  a();\n}");
  });

  it("leaves out the marks of regions inside", () => {
    expect(regionOf("a.ts", FILE, "whole")).toBe("const before = 1;\nif (before) {\n  a();\n}");
  });

  it("is the whole file where none is named", () => {
    expect(regionOf("a.ts", FILE)).not.toContain("#region");
    expect(regionOf("a.ts", FILE)).toContain('import { a } from "a";');
  });

  it("may be marked in other languages", () => {
    expect(regionOf("a.py", "# #region x\nprint(1)\n# #endregion x\n", "x")).toBe("print(1)");
  });

  it.each([
    ["is missing", FILE, "other", 'a.ts has no region "other".'],
    ["is there twice", `${FILE}${FILE}`, "inner", 'a.ts has 2 regions "inner".'],
    ["is not closed", "// #region x\nlet a;\n", "x", 'a.ts: region "x" is not closed.'],
    [
      "is closed by another's name",
      "// #region x\nlet a;\n// #endregion y\n",
      "x",
      'a.ts: region "x" is closed as "y".',
    ],
    ["is empty", "// #region x\n\n// #endregion x\n", "x", 'a.ts: region "x" is empty.'],
    ["is closed without being opened", "// #endregion x\n", "x", "a.ts: a region is closed that was not opened."],
  ])("is refused if it %s", (_, text, region, message) => {
    expect(() => regionOf("a.ts", text, region)).toThrow(message);
  });
});
