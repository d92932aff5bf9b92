import { describe, expect, it } from "vitest";
import { circlesOf } from "../src/circles.ts";
import { moduleOf } from "../src/module.ts";

function circlesIn(texts: Readonly<Record<string, string>>): string[] {
  return circlesOf(Object.entries(texts).map(([path, text]) => moduleOf(path, text))).map(({ message }) => message);
}

describe("a circle of imports is found", () => {
  it.each([
    ["of values", 'import { b } from "./b.ts";', 'import { a } from "./a.ts";'],
    ["of types", 'import type { B } from "./b.ts";', 'import { type A } from "./a.ts";'],
    ["by re-exports", 'export * from "./b.ts";', 'export type { A } from "./a.ts";'],
    ["by a dynamic import", 'const b = await import("./b.ts");', 'type A = import("./a.ts").A;'],
  ])("%s", (_, a, b) => {
    expect(circlesIn({ "p/a.ts": a, "p/b.ts": b })).toEqual(["A circle of imports: p/a.ts -> p/b.ts -> p/a.ts."]);
  });

  it("through several folders, by its shortest way", () => {
    const texts = {
      "p/a.ts": 'import "./sub/b.ts"; import "./free.ts";',
      "p/sub/b.ts": 'import "../c.ts"; import "./longer.ts";',
      "p/sub/longer.ts": 'import "../c.ts";',
      "p/c.ts": 'import "./a.ts";',
      "p/free.ts": "",
    };
    expect(circlesIn(texts)).toEqual(["A circle of imports: p/a.ts -> p/sub/b.ts -> p/c.ts -> p/a.ts."]);
  });

  it("of a file with itself", () => {
    expect(circlesIn({ "p/a.ts": 'import "./a.ts";' })).toHaveLength(1);
  });
});

describe("none is found", () => {
  it("where two ways lead to one file, or a test imports what it tests", () => {
    const texts = {
      "p/a.ts": 'import "./b.ts"; import "./c.ts"; import "node:fs";',
      "p/b.ts": 'import "./c.ts";',
      "p/c.ts": "export const c = 1;",
      "p/c.test.ts": 'import "./c.ts"; import "./c.test.ts";',
    };
    expect(circlesIn(texts)).toEqual([]);
  });
});
