import { describe, expect, it } from "vitest";
import { sizesOf } from "../src/sizes.ts";
import { treeOf } from "../src/tree.ts";

const lines = (count: number) => "x\n".repeat(count);

describe("packages are measured", () => {
  it("a library by its lines of src without tests, and core by its names", () => {
    const tree = treeOf({
      "packages/core/package.json": "{}",
      "packages/core/src/a.ts": lines(3),
      "packages/core/src/sub/b.ts": `${lines(2)}x`,
      "packages/core/src/a.test.ts": lines(50),
      "packages/core/test/c.ts": lines(50),
      "packages/core/etc/api.md":
        "# Public\n\n## @longhaul/core\n\n- a\n- b\n\n## @longhaul/core/s3\n\n- c\n\n## Declarations\n",
    });
    expect(sizesOf(tree)).toEqual([
      { name: "core: lines of src", value: 6, limit: 6_000 },
      { name: "core: names at the root", value: 2, limit: 30 },
    ]);
  });

  it("an app with its stack and its test, and its README; a private package without a stack is none", () => {
    const tree = treeOf({
      "packages/app/package.json": '{ "private": true }',
      "packages/app/src/work.ts": lines(4),
      "packages/app/infra/stack.ts": lines(5),
      "packages/app/test/app.test.ts": lines(6),
      "packages/app/longhaul.config.ts": lines(7),
      "packages/app/README.md": lines(8),
      "packages/fixture/package.json": '{ "private": true }',
      "packages/fixture/src/a.ts": lines(4_000),
    });
    expect(sizesOf(tree)).toEqual([
      { name: "app: lines of the app", value: 15, limit: 300 },
      { name: "app: lines of its README", value: 8, limit: 150 },
      { name: "core: names at the root", value: 0, limit: 30 },
    ]);
  });
});
